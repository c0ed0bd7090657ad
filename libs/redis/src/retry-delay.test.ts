import assert from 'node:assert/strict';
import { test } from 'node:test';

import { retryDelayMs } from './retry-delay.ts';

const config = { retry_first_delay_ms: 100, retry_max_delay_ms: 1_000 };

test('doubles the delay up to the longest, however often it is tried', () => {
  const delays = [1, 2, 3, 4, 5, 1e9].map((attempt) => retryDelayMs(config, attempt, false, () => 1));
  assert.deepEqual(delays, [100, 200, 400, 800, 1_000, 1_000]);
});

test('waits the longest delay at once where Redis refused', () => {
  assert.equal(
    retryDelayMs(config, 1, true, () => 1),
    1_000,
  );
});

test('waits between a half and all of the delay, so that replicas do not come in step', () => {
  assert.equal(
    retryDelayMs(config, 4, false, () => 0),
    400,
  );
});
