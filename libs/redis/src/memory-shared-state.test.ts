import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemorySharedState } from './memory-shared-state.ts';
import { describeSharedStateContract } from './shared-state-contract.ts';

function stateAt(startMs: number) {
  let nowMs = startMs;
  return { state: createMemorySharedState({ now: () => nowMs }), advance: (ms: number) => (nowMs += ms) };
}

describeSharedStateContract('Memory', () => {
  const { state, advance } = stateAt(0);
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) advance(100);
  };
  return Promise.resolve({ state, until });
});

test('counts by key until the window ends, then from zero', async () => {
  const { state, advance } = stateAt(1_000);
  assert.equal(await state.increment('a', 2, 10), 2);
  assert.equal(await state.increment('b', 1, 10), 1);
  advance(9_999);
  assert.equal(await state.increment('a', 3, 10), 5);
  advance(1);
  assert.equal(await state.increment('a', 1, 10), 1);
});

test('forgets the least recently used counters, so that clients without number cannot fill the memory', async () => {
  const { state } = stateAt(0);
  await state.increment('old', 5, 1000);
  await state.increment('kept', 5, 1000);
  for (let client = 0; client < 99_998; client++) await state.increment(`client ${client}`, 1, 1000);
  assert.equal(await state.increment('kept', 1, 1000), 6);
  await state.increment('one more', 1, 1000);
  assert.equal(await state.increment('old', 1, 1000), 1);
  assert.equal(await state.increment('kept', 1, 1000), 7);
});
