import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { createRecordingLogger } from '@sluice/testing';

import { createWorkerClient } from './worker-client.ts';

import type { WorkerClient } from './worker-client.ts';

const config = { path: 'x', memoryLimitMb: 1, threads: 1, queryTimeoutMs: 1, readOnly: false, lockWaitMs: 0 };

/** A thread that opens, then does as its `check`, `purge`, `cancel` and `close` handlers say; each thread has a number. */
const script = `
  import { parentPort, threadId } from 'node:worker_threads';
  const wire = { code: 'STORE_UNAVAILABLE', message: 'invalid', hint: undefined, data: {} };
  const answer = (id, value) => parentPort.postMessage({ kind: 'answer', id, value });
  parentPort.on('message', ({ id, request }) => {
    if (request.kind === 'check') throw new Error('out of memory, say');
    if (request.kind === 'purge') { parentPort.postMessage({ kind: 'failure', id, error: wire, isOver: true }); setTimeout(() => parentPort.close(), 50); }
    if (request.kind === 'read') answer(id, [[threadId]]);
    if (request.kind === 'close') { answer(id, null); parentPort.close(); }
  });
  parentPort.postMessage({ kind: 'opened' });
`;
const start = (text: string): WorkerClient =>
  createWorkerClient(config, new URL(`data:text/javascript,${encodeURIComponent(text)}`), createRecordingLogger());
const threadOf = async (client: WorkerClient): Promise<unknown> => (await client.call({ kind: 'read', sql: '', parameters: [] }))[0]?.[0];
const isUnavailable = (error: unknown): boolean => isSluiceError(error, 'STORE_UNAVAILABLE');

test('when the thread dies its calls fail, and the next call starts another', async () => {
  const client = start(script);
  const first = await threadOf(client);
  const lost = [
    client.call({ kind: 'check' }),
    client.call({ kind: 'cancel', query: 1 }),
    client.call({ kind: 'write', documents: [], deadLetters: [] }),
  ];
  for (const { status, reason } of (await Promise.allSettled(lost)) as PromiseRejectedResult[]) {
    assert.equal(status, 'rejected');
    assert.ok(isUnavailable(reason));
  }
  assert.notEqual(await threadOf(client), first);
  await client.call({ kind: 'close' });
  await client.ended();
});

test('when the thread gives the database up, later calls wait for a new one', async () => {
  const client = start(script);
  const first = await threadOf(client);
  await assert.rejects(client.call({ kind: 'purge', beforeMicros: 0 }), isUnavailable);
  const later = await Promise.all([threadOf(client), threadOf(client)]);
  assert.ok(later[0] === later[1] && later[0] !== first);
  await client.call({ kind: 'close' });
  await client.ended();
});

test('an error while opening reaches every caller, and opening is tried again', async () => {
  const client = start(`
    import { parentPort } from 'node:worker_threads';
    parentPort.postMessage({ kind: 'open_failed', error: { code: 'STORE_LOCKED', message: 'busy', hint: 'wait', data: { a: 1 } } });
    parentPort.close();
  `);
  for (const round of [1, 2]) {
    const calls = await Promise.allSettled([client.open(), client.call({ kind: 'check' })]);
    for (const call of calls as PromiseRejectedResult[]) {
      assert.ok(isSluiceError(call.reason, 'STORE_LOCKED'), `round ${round}`);
      assert.deepEqual([call.reason.message, call.reason.hint, call.reason.data], ['busy', 'wait', { a: 1 }]);
    }
    await client.ended();
  }
});
