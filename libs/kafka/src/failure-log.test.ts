import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';
import { createManualClock, createRecordingLogger } from '@sluice/testing';

import { createFailureLog } from './failure-log.ts';

const down = new SluiceError('KAFKA_UNAVAILABLE', 'down');
const texts = { fails: 'fails', works: 'works' };

function setUp() {
  const logger = createRecordingLogger();
  const clock = createManualClock();
  const failures = createFailureLog(logger, clock, texts);
  return { logger, clock, failures, said: () => logger.entries.map(({ message }) => message) };
}

test('says once that it fails, again after a minute, and once that it works', () => {
  const { clock, failures, said } = setUp();
  const [one, two] = [{}, {}];
  for (let attempt = 1; attempt < 20; attempt += 1) {
    failures.failed(one, down, { attempt: attempt, elapsedMs: 0 });
    failures.failed(two, down, { attempt: attempt, elapsedMs: 0 });
  }
  assert.deepEqual(said(), ['fails']);
  assert.equal(failures.current(), 'down');
  clock.advance(61_000);
  failures.failed(one, down, { attempt: 20, elapsedMs: 0 });
  assert.deepEqual(said(), ['fails', 'fails']);
  failures.ended(one, true);
  assert.equal(failures.current(), 'down');
  failures.ended(two, true);
  assert.deepEqual(said(), ['fails', 'fails', 'works']);
  assert.equal(failures.current(), null);
});

test('says at once when it fails for another reason', () => {
  const { failures, said, logger } = setUp();
  const call = {};
  failures.failed(call, down, { attempt: 4, elapsedMs: 0 });
  failures.failed(call, new SluiceError('KAFKA_UNAUTHORIZED', 'no'), { attempt: 5, elapsedMs: 0 });
  assert.deepEqual(said(), ['fails', 'fails']);
  assert.equal(logger.entries[1]?.data?.['code'], 'KAFKA_UNAUTHORIZED');
});

test('says at once that an attempt failed that took long', () => {
  const { failures, said } = setUp();
  failures.failed({}, down, { attempt: 1, elapsedMs: 30_000 });
  assert.deepEqual(said(), ['fails']);
});

test('says nothing of a failure that quick retries heal, nor that what was given up works', () => {
  const { failures, said } = setUp();
  const [one, two] = [{}, {}];
  failures.failed(one, down, { attempt: 3, elapsedMs: 0 });
  assert.equal(failures.current(), 'down');
  failures.ended(one, true);
  failures.failed(two, down, { attempt: 4, elapsedMs: 0 });
  failures.ended(two, false);
  assert.deepEqual(said(), ['fails']);
  assert.equal(failures.current(), null);
});
