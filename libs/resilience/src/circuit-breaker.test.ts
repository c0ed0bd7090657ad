import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createCircuitBreaker } from './circuit-breaker.ts';

import type { CircuitState } from './circuit-breaker.ts';

const never = new AbortController().signal;
const down = () => Promise.reject(new Error('down'));
const up = () => Promise.resolve('up');

function build(options: { failureThreshold?: number; recoveryMs?: number } = {}) {
  const states: CircuitState[] = [];
  const breaker = createCircuitBreaker({ failureThreshold: 3, recoveryMs: 20, ...options }, (state) => states.push(state));
  const fail = async (times: number) => {
    for (let time = 0; time < times; time++) await assert.rejects(breaker.run(down, never), /down/);
  };
  return { breaker, states, fail };
}

test('opens after so many failures in a row, not before', async () => {
  const { breaker, states, fail } = build();
  await fail(2);
  assert.equal(await breaker.run(up, never), 'up');
  await fail(2);
  assert.equal(breaker.state, 'closed');
  await fail(1);
  assert.equal(breaker.state, 'open');
  assert.deepEqual(states, ['open']);
});

test('while it is open calls wait instead of failing, and one alone tries after the recovery time', async () => {
  const { breaker, states, fail } = build();
  // It opens after this moment, so what waits for it waits longer.
  const openedAfterMs = performance.now();
  await fail(3);
  let running = 0;
  let most = 0;
  const calls = Array.from({ length: 5 }, () =>
    breaker.run(async () => {
      most = Math.max(most, ++running);
      if (states.at(-1) === 'half_open') assert.equal(running, 1);
      await new Promise(setImmediate);
      running -= 1;
      return performance.now();
    }, never),
  );
  const first = Math.min(...(await Promise.all(calls)));
  assert.ok(first - openedAfterMs >= 19, `${first - openedAfterMs} ms`);
  assert.deepEqual(states, ['open', 'half_open', 'closed']);
  assert.ok(most > 1, 'side by side again once it is closed');
});

test('a failed try opens it for another recovery time, however high the threshold', async () => {
  const { breaker, states, fail } = build({ failureThreshold: 3 });
  await fail(4);
  assert.deepEqual(states, ['open', 'half_open', 'open']);
  assert.equal(await breaker.run(up, never), 'up');
  assert.equal(breaker.state, 'closed');
});

test('it turns half open by itself when nobody waits, so that whoever was paused is told to go on', async () => {
  const { breaker, states, fail } = build();
  await fail(3);
  // The timer keeps no process: this one does.
  const alive = setInterval(() => undefined, 5);
  while (breaker.state === 'open') await new Promise((resolve) => setTimeout(resolve, 1));
  clearInterval(alive);
  assert.deepEqual(states, ['open', 'half_open']);
  assert.equal(await breaker.run(up, never), 'up');
  assert.equal(breaker.state, 'closed');
});

test('a probe that is given up lets the next call try', async () => {
  const { breaker, fail } = build({ recoveryMs: 1 });
  await fail(3);
  await assert.rejects(breaker.run(down, never), /down/);
  assert.equal(await breaker.run(up, never), 'up');
});

test('calls that were under way when it opened close it when they succeed', async () => {
  const { breaker, fail } = build({ recoveryMs: 60_000 });
  const slow = Promise.withResolvers<string>();
  const call = breaker.run(() => slow.promise, never);
  await fail(3);
  assert.equal(breaker.state, 'open');
  slow.resolve('late');
  assert.equal(await call, 'late');
  assert.equal(breaker.state, 'closed');
});

test('a signal ends the waiting, in the open and in the half-open state', async () => {
  const { breaker, fail } = build({ recoveryMs: 60_000 });
  await fail(3);
  const stop = new AbortController();
  const waiting = breaker.run(up, stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);

  const other = build({ recoveryMs: 1 });
  await other.fail(3);
  const hanging = Promise.withResolvers<string>();
  const probe = other.breaker.run(() => hanging.promise, never);
  while (other.breaker.state !== 'half_open') await new Promise(setImmediate);
  const second = new AbortController();
  const behind = other.breaker.run(up, second.signal);
  second.abort(new Error('stopped'));
  await assert.rejects(behind, /stopped/);
  hanging.resolve('up');
  assert.equal(await probe, 'up');
});
