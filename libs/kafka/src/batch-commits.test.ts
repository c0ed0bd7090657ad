import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createBatchCommits } from './batch-commits.ts';
import { chunkRecords } from './chunk-records.ts';

import type { EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs';

type Payload = Parameters<typeof createBatchCommits>[1];

/** A batch of ten records in pieces of one, with a marker of a transaction behind them. */
function setUp(commit: () => Promise<void> = () => Promise.resolve()) {
  const records = Array.from({ length: 10 }, (_, index) => ({ offset: String(100 + index), value: null, timestamp: '0' }));
  const committed: number[] = [];
  const resolved: number[] = [];
  const payload: Payload = {
    batch: { topic: 'web_logs', partition: 3, lastOffset: () => '110' } as unknown as EachBatchPayload['batch'],
    resolveOffset: (offset) => void resolved.push(Number(offset)),
    commitOffsetsIfNecessary: async (offsets?: OffsetsByTopicPartition) => {
      await commit();
      committed.push(Number(offsets?.topics[0]?.partitions[0]?.offset));
    },
  };
  return { payload, chunks: chunkRecords(records, 1), committed, resolved };
}

test('commits, in whatever order pieces are done, only what has no gap below it, and all of it at the end', async () => {
  const orders = fc.shuffledSubarray([...Array(10).keys()], { minLength: 10 });
  await fc.assert(
    fc.asyncProperty(orders, fc.nat(10), async (order, pauses) => {
      const { payload, chunks, committed } = setUp();
      const commits = createBatchCommits(chunks, payload, () => true);
      const done = new Set<number>();
      for (const [at, index] of order.entries()) {
        done.add(index);
        commits.finish(index);
        if (at % (pauses + 1) === 0) await commits.settled();
        let gap = 0;
        while (done.has(gap)) gap += 1;
        assert.ok(committed.every((offset) => offset <= 100 + gap || gap === 10));
      }
      await commits.settled();
      assert.equal(committed.at(-1), 111);
      assert.deepEqual(committed, committed.toSorted((a, b) => a - b)); // prettier-ignore
    }),
  );
});

test('commits nothing any more when the partition is not ours', async () => {
  const { payload, chunks, committed, resolved } = setUp();
  let isOurs = true;
  const commits = createBatchCommits(chunks, payload, () => isOurs);
  commits.finish(0);
  await commits.settled();
  isOurs = false;
  commits.finish(1);
  await commits.settled();
  assert.deepEqual([committed, resolved], [[101], [100]]);
});

test('stops at a commit that fails, and reads on only behind what was committed', async () => {
  const failure = new Error('refused');
  let calls = 0;
  const { payload, chunks, committed, resolved } = setUp(() => (++calls === 2 ? Promise.reject(failure) : Promise.resolve()));
  const commits = createBatchCommits(chunks, payload, () => true);
  for (const index of [0, 1, 2]) {
    commits.finish(index);
    await commits.settled();
  }
  assert.equal(commits.error, failure);
  assert.deepEqual([committed, resolved, calls], [[101], [100], 2]);
});
