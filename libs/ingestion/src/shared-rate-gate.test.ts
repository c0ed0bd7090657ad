import { createFakeSharedState, createManualClock, createRandom, createRecordingTelemetry } from '@sluice/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createRateGate } from './rate-gate.ts';
import { createSharedRateGate } from './shared-rate-gate.ts';

import type { RateGate, RateGateConfig } from './rate-gate.ts';
import type { SharedState } from '@sluice/ports';

const limit = 1000;
const stepLines = 50;

function setUp(action: RateGateConfig['rate_limit_action'], processes: number, rate = limit) {
  const clock = createManualClock(10_000_000);
  const telemetry = createRecordingTelemetry();
  const counted = { calls: 0 };
  const counters = createFakeSharedState(clock);
  const state: Pick<SharedState, 'increment'> = {
    increment: (key, by, windowSeconds) => {
      counted.calls += 1;
      return counters.increment(key, by, windowSeconds);
    },
  };
  const waits: number[] = [];
  const config: RateGateConfig = { rate_limit: rate, rate_limit_action: action, rate_limit_scope: 'shared' };
  const wait = (delayMs: number): Promise<void> => {
    waits.push(delayMs);
    clock.advance(delayMs);
    return Promise.resolve();
  };
  const gates = Array.from({ length: processes }, () => createSharedRateGate(config, { telemetry, clock, state, wait }));
  return { clock, telemetry, counted, waits, gates, state, config };
}

/** Reads one step with the gate as the line intake does; returns how many lines passed. */
async function readStep(gate: RateGate, lines = gate.stepLines): Promise<number> {
  let passed = 0;
  for (let line = 0; line < lines; line += 1) if (gate.admit()) passed += 1;
  await gate.pause(lines, undefined);
  return passed;
}

test('delay: processes together pass the limit in each second, and one step each ahead', async () => {
  const { clock, gates, waits } = setUp('delay', 2);
  const startedAtMs = clock.now();
  let passed = 0;
  for (let step = 0; step < 400; step += 1) passed += await readStep(gates[step % 2]!);
  const seconds = (clock.now() - startedAtMs) / 1000;
  assert.ok(seconds > 0 && passed <= limit * (seconds + 1) + 2 * stepLines, `${passed} lines in ${seconds} s`);
  assert.ok(passed >= limit * seconds, `no less than the limit: ${passed} lines in ${seconds} s`);
  assert.ok(Math.max(...waits) <= 1000);
});

test('drop: processes together pass the limit in each second, whoever reads more', async () => {
  const { clock, gates } = setUp('drop', 2);
  const passed = [0, 0];
  for (let tick = 0; tick < 100; tick += 1) {
    for (const [index, gate] of gates.entries()) for (let step = 0; step <= 3 * index; step += 1) passed[index]! += await readStep(gate);
    clock.advance(100);
  }
  const total = passed[0]! + passed[1]!;
  assert.ok(total <= limit * 11 + 2 * stepLines && total >= limit * 10, `${total} lines in 10 s`);
  assert.ok(passed[0]! > 0 && passed[1]! > passed[0]!);
});

test('passes no more than the limit, whatever steps are read when by how many', async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = createRandom(seed);
    const processes = 1 + Math.floor(random.next() * 4);
    const rate = 1 + Math.floor(random.next() * 3000);
    for (const action of ['delay', 'drop'] as const) {
      const { clock, gates } = setUp(action, processes, rate);
      clock.advance(Math.floor(random.next() * 1000));
      const startedAtMs = clock.now();
      let passed = 0;
      for (let step = 0; step < 200; step += 1) {
        const gate = gates[Math.floor(random.next() * processes)]!;
        passed += await readStep(gate, 1 + Math.floor(random.next() * gate.stepLines));
        clock.advance(Math.floor(random.next() * 30));
      }
      const seconds = (clock.now() - startedAtMs) / 1000;
      const most = rate * (seconds + 2) + processes * Math.max(1, Math.floor(rate / 20));
      assert.ok(passed <= most, `seed ${seed}, ${action}: ${passed} lines in ${seconds} s at ${rate} in ${processes} processes`);
    }
  }
});

test('asks the state by the step: not for a line, not while idle, not again in a second that is spent', async () => {
  for (const action of ['delay', 'drop'] as const) {
    const { gates, counted, clock } = setUp(action, 1);
    for (let line = 0; line < 200; line += 1) assert.equal(await readStep(gates[0]!, 1), 1);
    assert.ok(counted.calls <= 200 / stepLines + 1, `${action}: ${counted.calls} questions for 200 lines`);
    clock.advance(10_000);
    const before = counted.calls;
    let passed = 0;
    for (let step = 0; step < limit / stepLines; step += 1) passed += await readStep(gates[0]!);
    assert.equal(passed, limit);
    assert.ok(counted.calls - before <= limit / stepLines + 1, `${action}: ${counted.calls - before} questions for a second's lines`);
    if (action === 'delay') continue;
    const whenSpent = counted.calls;
    for (let step = 0; step < 100; step += 1) await readStep(gates[0]!);
    assert.ok(counted.calls - whenSpent <= 1, `${counted.calls - whenSpent} questions in a second that is spent`);
  }
});

test('delay tells of every wait and ends it at once when the signal aborts', async () => {
  const { telemetry, config, clock, state } = setUp('delay', 1, 1);
  const gate = createRateGate(config, { telemetry, clock, state });
  await gate.pause(1, undefined);
  assert.equal(telemetry.total('rateLimitHits'), 0);
  const abort = new AbortController();
  const waiting = gate.pause(1, abort.signal);
  abort.abort();
  await waiting;
  assert.equal(telemetry.total('rateLimitHits'), 1);
});

test('the scope of the process asks no state, and neither does no limit', async () => {
  const { telemetry, clock, state, counted } = setUp('delay', 0);
  for (const settings of [
    { rate_limit: 0, rate_limit_action: 'delay', rate_limit_scope: 'shared' },
    { rate_limit: 1000, rate_limit_action: 'delay', rate_limit_scope: 'process' },
    { rate_limit: 1000, rate_limit_action: 'drop', rate_limit_scope: 'process' },
  ] as const) {
    const gate = createRateGate(settings, { telemetry, clock, state });
    assert.ok(gate.admit());
    await gate.pause(1, undefined);
  }
  assert.equal(counted.calls, 0);
});
