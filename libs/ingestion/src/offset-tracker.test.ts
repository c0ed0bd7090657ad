import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OffsetTracker, startOfFile } from './offset-tracker.ts';

test('whatever order work ends in, only what has nothing unfinished before it is acknowledged', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 60 }), (steps) => {
      const tracker = new OffsetTracker(startOfFile);
      const pending: { offset: number; done: boolean; token: ReturnType<OffsetTracker['begin']> }[] = [];
      let offset = 0;
      for (const [isBegin, which] of steps) {
        if (isBegin) {
          offset += which + 1;
          tracker.take({ offset, check: null });
          pending.push({ offset, done: false, token: tracker.begin() });
        } else {
          const open = pending.filter((entry) => !entry.done);
          const entry = open[which % Math.max(open.length, 1)];
          if (entry === undefined) continue;
          entry.done = true;
          tracker.finish(entry.token);
        }
        const firstOpen = pending.findIndex((entry) => !entry.done);
        const safe = firstOpen < 0 ? pending : pending.slice(0, firstOpen);
        assert.equal(tracker.acknowledged.offset, safe.at(-1)?.offset ?? 0);
        assert.equal(tracker.taken.offset, offset);
        assert.equal(tracker.settled, firstOpen < 0);
      }
    }),
  );
});
