import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';

import { createRetry } from './retry.ts';

const options = { attempts: 0, firstDelayMs: 1, maxDelayMs: 4 };
const busy = () => new SluiceError('STORE_UNAVAILABLE', 'busy');

function failing(times: number, error: () => Error) {
  let calls = 0;
  const call = () => (++calls <= times ? Promise.reject(error()) : Promise.resolve('done'));
  return { call, calls: () => calls };
}

test('repeats a retryable failure until the call succeeds, saying each retry', async () => {
  const seen: string[] = [];
  const retry = createRetry(options, { onRetry: (error, attempt, delayMs) => seen.push(`${error.code} ${attempt} ${delayMs >= 0}`) });
  const work = failing(3, busy);
  assert.equal(await retry(work.call, new AbortController().signal), 'done');
  assert.equal(work.calls(), 4);
  assert.deepEqual(seen, ['STORE_UNAVAILABLE 1 true', 'STORE_UNAVAILABLE 2 true', 'STORE_UNAVAILABLE 3 true']);
});

test('does not repeat what no retry can heal', async () => {
  const retry = createRetry(options, { onRetry: () => assert.fail('retried') });
  for (const error of [new SluiceError('STORE_CORRUPT', 'broken'), new TypeError('bug')]) {
    const work = failing(1, () => error);
    await assert.rejects(retry(work.call, new AbortController().signal), error);
    assert.equal(work.calls(), 1);
  }
});

test('gives up with the last error once the attempts are used up', async () => {
  const retry = createRetry({ ...options, attempts: 2 }, { onRetry: () => undefined });
  const work = failing(9, busy);
  await assert.rejects(retry(work.call, new AbortController().signal), { code: 'STORE_UNAVAILABLE' });
  assert.equal(work.calls(), 3);
});

test('an aborted signal ends the waiting', async () => {
  const controller = new AbortController();
  const retry = createRetry({ attempts: 0, firstDelayMs: 60_000, maxDelayMs: 60_000 }, { onRetry: () => setImmediate(() => controller.abort()) });
  const startedAtMs = performance.now();
  await assert.rejects(retry(failing(9, busy).call, controller.signal), { code: 'STORE_UNAVAILABLE' });
  assert.ok(performance.now() - startedAtMs < 10_000);
});

test('delays grow but never beyond the longest delay', async () => {
  const delays: number[] = [];
  const retry = createRetry({ attempts: 8, firstDelayMs: 1, maxDelayMs: 5 }, { onRetry: (_error, _attempt, delayMs) => delays.push(delayMs) });
  await assert.rejects(retry(failing(99, busy).call, new AbortController().signal));
  assert.equal(delays.length, 8);
  assert.ok(delays.every((delay, index) => delay <= Math.min(5, 2 ** index) && delay >= Math.min(5, 2 ** index) / 2));
});
