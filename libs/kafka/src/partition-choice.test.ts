import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPartitionChoice } from './partition-choice.ts';

test('takes partitions in turn, from anywhere', () => {
  for (const random of [() => 0, () => 0.5, () => 0.999]) {
    const next = createPartitionChoice(random);
    const first = next();
    assert.deepEqual([next(), next(), next()], [first + 1, first + 2, first + 3]);
    assert.ok(first >= 0);
  }
  assert.notEqual(createPartitionChoice(() => 0.2)(), createPartitionChoice(() => 0.7)());
});
