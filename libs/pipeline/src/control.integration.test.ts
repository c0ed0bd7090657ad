import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';

import { connectControl } from './control-client.ts';
import { createControlServer } from './control-server.ts';

import type { AnsweringStore } from './control-server.ts';
import type { TestContext } from 'node:test';

async function listen(t: TestContext, store: Partial<AnsweringStore>) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-control-'));
  const socketPath = join(folder, 's.sock');
  const server = createControlServer(Promise.resolve(store as AnsweringStore));
  server.listen(socketPath);
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });
  const client = await connectControl(socketPath);
  assert.ok(client !== null);
  return { client, server };
}

async function* rowsOf(...chunks: Record<string, unknown>[][]) {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}

test('rows come back in order and with integers beyond 2^53 intact', async (t) => {
  const asked: string[] = [];
  const { client } = await listen(t, {
    querySql: (sql) => {
      asked.push(sql);
      return rowsOf([{ n: 1, big: 9007199254740993n, at: '2026-11-23T00:00:00Z', none: null, text: 'a\nb\u2028"' }], [{ n: 2.5 }]);
    },
  });
  const rows: unknown[] = [];
  for await (const chunk of client.querySql('SELECT 1')) rows.push(...chunk);
  assert.deepEqual(asked, ['SELECT 1']);
  assert.deepEqual(rows, [{ n: 1, big: 9007199254740993n, at: '2026-11-23T00:00:00Z', none: null, text: 'a\nb\u2028"' }, { n: 2.5 }]);
});

test('questions reach the store with their arguments', async (t) => {
  const { client } = await listen(t, {
    top: (field, limit, filter) => Promise.resolve([{ value: field, events: limit, bytesSent: filter.from === undefined ? 0 : 1 }]),
  });
  assert.deepEqual(await client.top('path', 3, { from: '2026-01-01T00:00:00Z' }), [{ value: 'path', events: 3, bytesSent: 1 }]);
});

test('an error of the other process keeps its code and hint, also after the first rows', async (t) => {
  const { client } = await listen(t, {
    querySql: async function* () {
      yield* rowsOf([{ n: 1 }]);
      throw new SluiceError('QUERY_LIMIT', 'too long', { hint: 'narrow it down' });
    },
  });
  const reading = async () => {
    for await (const rows of client.querySql('x')) assert.deepEqual(rows, [{ n: 1 }]);
  };
  await assert.rejects(reading(), { code: 'QUERY_LIMIT', message: 'too long', hint: 'narrow it down' });
});

test('an answer that is cut off is an error, never a short result', async (t) => {
  const { client, server } = await listen(t, {
    querySql: async function* () {
      yield* rowsOf([{ n: 1 }]);
      server.closeAllConnections();
    },
  });
  const reading = async () => {
    for await (const rows of client.querySql('x')) assert.ok(rows.length > 0);
  };
  await assert.rejects(reading(), { code: 'STORE_UNAVAILABLE' });
});

test('calls that only the owner may make are refused', async (t) => {
  const { client } = await listen(t, { purge: () => assert.fail('reached'), write: () => assert.fail('reached') } as Partial<AnsweringStore>);
  for (const call of ['purge', 'write', 'close', '__proto__', 'constructor']) {
    const forged = { ...client } as unknown as Record<string, unknown>;
    assert.ok(!Object.hasOwn(forged, call));
  }
  const raw = await connectControl('/nonexistent/s.sock');
  assert.equal(raw, null);
});

test('a question ends when the asker goes away', async (t) => {
  const aborted = Promise.withResolvers<boolean>();
  const { client } = await listen(t, {
    querySql: async function* (_sql, signal) {
      yield* rowsOf([{ n: 1 }]);
      signal?.addEventListener('abort', () => aborted.resolve(true));
      await aborted.promise;
    },
  });
  for await (const rows of client.querySql('x')) {
    assert.deepEqual(rows, [{ n: 1 }]);
    break;
  }
  assert.equal(await aborted.promise, true);
});
