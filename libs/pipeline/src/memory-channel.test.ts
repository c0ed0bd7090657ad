import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import { test } from 'node:test';

import { createMemoryChannel } from './memory-channel.ts';

import type { OutgoingRecord, RecordBatch } from '@sluice/ports';

const options = { readAtMs: 7 };

/** A batch that can be told apart; the channel never looks inside. */
const batchOf = (name: string): OutgoingRecord[] => [{ kind: 'event', event: { event_id: name } as never }];
const nameOf = (batch: RecordBatch): string => (batch.records[0]?.kind === 'event' ? batch.records[0].event.event_id : '');

/** A handler whose batches are finished by the test. */
function manualHandler() {
  const started: string[] = [];
  const pending = new Map<string, PromiseWithResolvers<undefined>>();
  const signals: AbortSignal[] = [];
  return {
    started,
    signals,
    handler: (batch: RecordBatch, context: { signal: AbortSignal }) => {
      const name = nameOf(batch);
      started.push(name);
      signals.push(context.signal);
      const done = Promise.withResolvers<undefined>();
      pending.set(name, done);
      context.signal.addEventListener('abort', () => done.reject(context.signal.reason as Error));
      return done.promise;
    },
    finish: (name: string) => pending.get(name)?.resolve(undefined),
    fail: (name: string, error: Error) => pending.get(name)?.reject(error),
  };
}

test('a publish resolves when its own batch is handled, not before', async () => {
  const channel = createMemoryChannel(2);
  const work = manualHandler();
  const acknowledged: string[] = [];
  for (const name of ['a', 'b']) void channel.publish(batchOf(name), options).then(() => acknowledged.push(name));
  void channel.run(work.handler);
  await tick();
  assert.deepEqual(work.started, ['a', 'b']);
  assert.deepEqual(acknowledged, []);
  work.finish('b');
  await tick();
  assert.deepEqual(acknowledged, ['b']);
  work.finish('a');
  await tick();
  assert.deepEqual(acknowledged, ['b', 'a']);
  await channel.stop(1000);
});

test('never more batches in work than allowed, and in publish order', async () => {
  const channel = createMemoryChannel(2);
  const work = manualHandler();
  void channel.run(work.handler);
  for (const name of ['a', 'b', 'c', 'd']) void channel.publish(batchOf(name), options);
  await tick();
  assert.deepEqual(work.started, ['a', 'b']);
  work.finish('b');
  await tick();
  assert.deepEqual(work.started, ['a', 'b', 'c']);
  for (const name of ['a', 'c']) work.finish(name);
  await tick();
  assert.deepEqual(work.started, ['a', 'b', 'c', 'd']);
  work.finish('d');
  await channel.stop(1000);
});

test('a failing batch rejects its publish and harms no other', async () => {
  const channel = createMemoryChannel(4);
  const work = manualHandler();
  void channel.run(work.handler);
  const failing = channel.publish(batchOf('a'), options);
  const fine = channel.publish(batchOf('b'), options);
  work.fail('a', new Error('no room'));
  work.finish('b');
  await assert.rejects(failing, { message: 'no room' });
  await fine;
  await channel.stop(1000);
});

test('paused, it takes batches but hands none over', async () => {
  const channel = createMemoryChannel(4);
  const work = manualHandler();
  void channel.run(work.handler);
  channel.pause();
  const publish = channel.publish(batchOf('a'), options);
  await tick();
  assert.deepEqual(work.started, []);
  channel.resume();
  await tick();
  assert.deepEqual(work.started, ['a']);
  work.finish('a');
  await publish;
  await channel.stop(1000);
});

test('stop waits for work under way and ends run', async () => {
  const channel = createMemoryChannel(4);
  const work = manualHandler();
  const running = channel.run(work.handler);
  const publish = channel.publish(batchOf('a'), options);
  const stopping = channel.stop(60_000);
  work.finish('a');
  await Promise.all([publish, stopping, running]);
  await assert.rejects(channel.publish(batchOf('b'), options), { code: 'DEADLINE_EXCEEDED' });
});

test('at the deadline, work is aborted and its publish rejects, so nothing counts as stored', async () => {
  const channel = createMemoryChannel(1);
  const work = manualHandler();
  void channel.run(work.handler);
  const publishes = ['a', 'b'].map((name) => channel.publish(batchOf(name), options));
  const outcomes = Promise.allSettled(publishes);
  await channel.stop(5);
  assert.deepEqual(
    (await outcomes).map((outcome) => outcome.status),
    ['rejected', 'rejected'],
  );
  assert.equal(work.signals[0]?.aborted, true);
});

test('stop before run is legal', async () => {
  await createMemoryChannel(1).stop(1000);
});
