import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createCallOrder } from './call-order.ts';

test('a call waits for earlier ones with a common id, for no other, and not for their success', async () => {
  const order = createCallOrder();
  const events: string[] = [];
  const { promise, reject } = Promise.withResolvers<never>();
  const first = order.run(['a', 'b'], () => promise);
  const second = order.run(['b', 'c'], () => Promise.resolve(events.push('second')));
  await order.run(['d'], () => Promise.resolve(events.push('apart')));
  assert.deepEqual(events, ['apart']);
  reject(new Error('planted'));
  await assert.rejects(first, /planted/);
  await second;
  assert.deepEqual(events, ['apart', 'second']);
});

test('calls with a common id run one after the other in the order they were made', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }), { maxLength: 12 }), async (scheduler, calls) => {
      const order = createCallOrder();
      const began: number[] = [];
      const running = new Set<number>();
      const all = calls.map((ids, call) =>
        order.run(ids, async () => {
          for (const other of running) assert.ok(!ids.some((id) => calls[other]?.includes(id)), 'two at once with one id');
          began.push(call);
          running.add(call);
          await scheduler.schedule(Promise.resolve());
          running.delete(call);
        }),
      );
      await scheduler.waitFor(Promise.all(all));
      calls.forEach((ids, call) => {
        for (let earlier = 0; earlier < call; earlier++) if (ids.some((id) => calls[earlier]?.includes(id))) assert.ok(began.indexOf(earlier) < began.indexOf(call));
      });
    }),
  );
}); // prettier-ignore
