/**
 * Commits of one fetched batch: the highest offset below which everything is done, one request at a time.
 */
import { offsetAfter } from './chunk-records.ts';
import { createDonePrefix } from './done-prefix.ts';

import type { EachBatchPayload } from 'kafkajs';
import type { Chunk } from './chunk-records.ts';

export interface BatchCommits {
  /** The piece is done; a commit follows when nothing before it is missing. */
  finish(index: number): void;
  /** Resolves when everything that may be committed is, or when a commit failed. */
  settled(): Promise<void>;
  /** What a commit was refused with; then no more is tried. */
  readonly error: unknown;
}

type Payload = Pick<EachBatchPayload, 'batch' | 'resolveOffset' | 'commitOffsetsIfNecessary'>;

/**
 * Builds the commits.
 *
 * Invariant: nothing is committed once `isOurs` is false. kafkajs reads on from what is resolved, and that is only what
 * is committed: so records whose commit failed come again, instead of staying uncommitted until the next batch.
 */
export function createBatchCommits(chunks: readonly Chunk[], payload: Payload, isOurs: () => boolean): BatchCommits {
  const { topic, partition } = payload.batch;
  const done = createDonePrefix();
  let committed = 0;
  let error: unknown = null;
  let committing: Promise<void> | null = null;

  async function commit(): Promise<void> {
    while (committed < done.length && error === null && isOurs()) {
      const upTo = done.length;
      const { lastOffset } = chunks[upTo - 1] as Chunk;
      // Behind the last record there may be markers of transactions, which nobody reads but which have offsets.
      const doneOffset = upTo === chunks.length ? payload.batch.lastOffset() : lastOffset;
      try {
        // Not `consumer.commitOffsets`: what that throws is wrapped, and rethrown it ends the consumer for good.
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: offsetAfter(doneOffset) }] }] });
        committed = upTo;
        if (isOurs()) payload.resolveOffset(lastOffset);
      } catch (cause) {
        error = cause;
      }
    }
  }

  function start(): void {
    committing ??= commit().finally(() => {
      committing = null;
      // One that finished while the last request was being answered.
      if (committed < done.length && error === null && isOurs()) start();
    });
  }

  return {
    finish: (index) => {
      done.finish(index);
      start();
    },
    settled: async () => {
      while (committing !== null) await committing;
    },
    get error() {
      return error;
    },
  };
}
