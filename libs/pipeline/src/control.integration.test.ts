import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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
  return { client, server, socketPath };
}

function post(socketPath: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method: 'POST', path: '/', agent: false }, (response) => void text(response).then(resolve, reject));
    asking.on('error', reject);
    asking.end(body);
  });
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
  const received = Promise.withResolvers<undefined>();
  const { client, server } = await listen(t, {
    querySql: async function* () {
      yield* rowsOf([{ n: 1 }]);
      await received.promise;
      server.closeAllConnections();
    },
  });
  const reading = async () => {
    for await (const rows of client.querySql('x')) {
      assert.ok(rows.length > 0);
      received.resolve(undefined);
    }
  };
  await assert.rejects(reading(), { code: 'STORE_UNAVAILABLE' });
});

test('calls that only the owner may make are refused', async (t) => {
  const reached: string[] = [];
  const forbidden = ['purge', 'write', 'close', 'check', '__proto__', 'constructor', 'toString'];
  const store = Object.fromEntries(forbidden.map((call) => [call, () => Promise.resolve(reached.push(call))]));
  const { socketPath } = await listen(t, store);
  for (const call of forbidden) {
    const answer = await post(socketPath, JSON.stringify({ call, args: [] }));
    assert.match(answer, /"code":"USAGE"/, call);
  }
  assert.match(await post(socketPath, 'no JSON'), /"error"/);
  assert.deepEqual(reached, []);
});

test('where nobody listens there is nobody to ask', async () => {
  assert.equal(await connectControl('/nonexistent/s.sock'), null);
});

test('a query ends when its asker left before an answer was written', async (t) => {
  const left = Promise.withResolvers<undefined>();
  const ended = Promise.withResolvers<undefined>();
  const { socketPath } = await listen(t, {
    querySql: async function* (_sql, signal) {
      try {
        signal?.addEventListener('abort', () => left.resolve(undefined));
        await left.promise;
        // More than a socket takes without a reader.
        yield [{ text: 'x'.repeat(4_000_000) }];
        yield [{ n: 1 }];
      } finally {
        ended.resolve(undefined);
      }
    },
  });
  const socket = connect(socketPath);
  const body = JSON.stringify({ call: 'query', sql: 'x' });
  socket.end(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  socket.once('finish', () => socket.destroy());
  await ended.promise;
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
