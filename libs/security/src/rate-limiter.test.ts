import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { createRateLimiter } from './rate-limiter.ts';

const clockAt = (start: number) => {
  let nowMs = start;
  return { now: () => nowMs, advance: (ms: number) => (nowMs += ms) };
};

describe('a limiter that delays', () => {
  test('lets one second of lines pass at once, then makes them wait', () => {
    const clock = clockAt(0);
    const limiter = createRateLimiter({ linesPerSecond: 1000 }, clock);
    assert.equal(limiter.delay(1000), 0);
    assert.equal(limiter.delay(500), 500);
    clock.advance(500);
    assert.equal(limiter.delay(1), 1);
  });

  test('takes batches larger than a second and keeps the rate over time', () => {
    const clock = clockAt(5_000);
    const limiter = createRateLimiter({ linesPerSecond: 1000 }, clock);
    for (let i = 0; i < 20; i++) clock.advance(limiter.delay(5000));
    assert.equal(clock.now() - 5_000, (20 * 5000) / 1 - 1000);
  });

  test('keeps its invariant for any batches and pauses', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.record({ count: fc.integer({ min: 0, max: 3000 }), pauseMs: fc.integer({ min: 0, max: 500 }) })),
        (rate, batches) => {
          const clock = clockAt(0);
          const limiter = createRateLimiter({ linesPerSecond: rate }, clock);
          let passed = 0;
          for (const { count, pauseMs } of batches) {
            clock.advance(pauseMs);
            clock.advance(limiter.delay(count));
            passed += count;
            assert.ok(passed <= rate * (clock.now() / 1000 + 1) + 1e-6);
          }
        },
      ),
    );
  });
});

describe('a limiter that drops', () => {
  test('passes whole lines up to the rate, and never more than it is asked for', () => {
    const clock = clockAt(0);
    const limiter = createRateLimiter({ linesPerSecond: 10 }, clock);
    assert.deepEqual([limiter.take(4), limiter.take(20), limiter.take(5)], [4, 6, 0]);
    clock.advance(150);
    assert.equal(limiter.take(5), 1);
    clock.advance(60_000);
    assert.equal(limiter.take(100), 10);
  });
});

test('no limit is no limit', () => {
  const limiter = createRateLimiter({ linesPerSecond: 0 }, clockAt(0));
  assert.equal(limiter.delay(1e9), 0);
  assert.equal(limiter.take(1e9), 1e9);
});

test('a clock that is set back neither blocks nor opens the gate', () => {
  const clock = clockAt(1_000_000);
  const limiter = createRateLimiter({ linesPerSecond: 100 }, clock);
  assert.equal(limiter.take(100), 100);
  clock.advance(-3_600_000);
  assert.equal(limiter.take(1), 0);
  clock.advance(500);
  assert.equal(limiter.take(100), 50);
});
