import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createDonePrefix } from './done-prefix.ts';

test('is never longer than what is done without a gap, and all of it at the end', () => {
  const orders = fc.integer({ min: 1, max: 40 }).chain((count) => fc.shuffledSubarray([...Array(count).keys()], { minLength: count }));
  fc.assert(
    fc.property(orders, (order) => {
      const prefix = createDonePrefix();
      const done = new Set<number>();
      for (const index of order) {
        prefix.finish(index);
        done.add(index);
        let expected = 0;
        while (done.has(expected)) expected += 1;
        assert.equal(prefix.length, expected);
        prefix.finish(index);
        assert.equal(prefix.length, expected);
      }
      assert.equal(prefix.length, order.length);
    }),
  );
});
