import assert from 'node:assert/strict';
import { test } from 'node:test';

import { backoffMs, pauseFor } from './backoff.ts';

test('doubles the delay up to the longest, with jitter', () => {
  const options = { firstDelayMs: 100, maxDelayMs: 1000 };
  assert.deepEqual([1, 2, 3, 4, 5, 60].map((attempt) => backoffMs(attempt, options, () => 1)), [100, 200, 400, 800, 1000, 1000]); // prettier-ignore
  assert.equal(backoffMs(1, options, () => 0), 50); // prettier-ignore
});

test('ends a pause when it is told to', async () => {
  const stopped = new AbortController();
  const pause = pauseFor(3_600_000, stopped.signal);
  stopped.abort();
  await pause;
  await pauseFor(3_600_000, stopped.signal);
  await pauseFor(0, new AbortController().signal);
});
