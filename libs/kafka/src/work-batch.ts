/**
 * Works through one batch that kafkajs fetched of one partition: pieces to the handler, commits as they are done,
 * heartbeats all the while.
 *
 *   piece in turn -> permit -> handler -> done without a gap -> commit
 *
 * Left early when the group rebalances, when the partition is lost, on a pause and at the end: what was handed over is
 * waited for (on a lost partition: aborted), what was not comes again.
 */
import { createBatchCommits } from './batch-commits.ts';
import { chunkRecords, toBatch } from './chunk-records.ts';
import { membershipTrouble } from './membership.ts';
import { withinTime } from './within-time.ts';

import type { BatchHandler, Clock } from '@sluice/ports';
import type { EachBatchPayload } from 'kafkajs';
import type { Chunk } from './chunk-records.ts';
import type { Permits } from './permits.ts';

export interface BatchWorkOptions {
  /** Records of one piece. */
  readonly batchSize: number;
  readonly heartbeatMs: number;
  /** How long work in hand may take once the group rebalances, before it is aborted: the others wait for us. */
  readonly graceMs: number;
}

export interface BatchWorkDeps {
  readonly handler: BatchHandler;
  readonly permits: Permits;
  readonly clock: Clock;
  /** Aborts when the work of this membership is no longer wanted: revoked, or the deadline of a shutdown passed. */
  readonly signal: AbortSignal;
  /** False as soon as another membership began. */
  isOurs(): boolean;
  /** False while paused or stopping: no new pieces. */
  wantsMore(): boolean;
  /** Something happened: a heartbeat, a piece done. */
  onActivity(): void;
  /** A handler refused a piece, for a reason of its own; resolves when it may be tried again. */
  onRefused(error: unknown, signal: AbortSignal): Promise<void>;
}

/** A handler that ignores its signal is left behind after this; it can no longer commit. */
const abandonAfterMs = 10_000;

/**
 * Errors: rejects, as kafkajs threw it, with what says that the group must be joined again or that the commit failed;
 * kafkajs acts on it. Never for what the handler did.
 */
export async function workBatch(payload: EachBatchPayload, options: BatchWorkOptions, deps: BatchWorkDeps): Promise<void> {
  const { topic, partition, messages } = payload.batch;
  const chunks = chunkRecords(messages, options.batchSize);
  const commits = createBatchCommits(chunks, payload, () => deps.isOurs());
  const inWork = new Set<Promise<void>>();
  const ending = new AbortController();
  const troubled = new AbortController();
  const signal = AbortSignal.any([deps.signal, ending.signal]);
  let trouble: unknown = null;
  let refused = null as { readonly error: unknown } | null;
  let grace: NodeJS.Timeout | undefined;

  async function beat(): Promise<void> {
    try {
      await payload.heartbeat();
      deps.onActivity();
    } catch (error) {
      const kind = membershipTrouble(error);
      if (kind === null) return;
      trouble ??= error;
      troubled.abort();
      if (kind === 'lost') ending.abort(new Error('The partition was revoked.'));
      else grace ??= setTimeout(() => ending.abort(new Error('The group rebalances.')), options.graceMs);
    }
  }

  const goesOn = (): boolean =>
    trouble === null &&
    refused === null &&
    commits.error === null &&
    !signal.aborted &&
    deps.isOurs() &&
    deps.wantsMore() &&
    payload.isRunning() &&
    !payload.isStale();

  async function handle(chunk: Chunk, index: number): Promise<void> {
    try {
      await deps.handler(toBatch(chunk, topic, partition, deps.clock.now()), { signal });
      deps.onActivity();
      commits.finish(index);
    } catch (error) {
      if (!signal.aborted) refused ??= { error };
    } finally {
      deps.permits.release();
    }
  }

  const beats = setInterval(() => void beat(), options.heartbeatMs);
  try {
    for (const [index, chunk] of chunks.entries()) {
      if (!goesOn() || !(await deps.permits.acquire(signal))) break;
      if (!goesOn()) {
        deps.permits.release();
        break;
      }
      const work: Promise<void> = handle(chunk, index).finally(() => inWork.delete(work));
      inWork.add(work);
    }
    await settle(inWork, signal);
    await commits.settled();
    if (trouble === null && commits.error === null && refused !== null) {
      await deps.onRefused(refused.error, AbortSignal.any([signal, troubled.signal]));
    }
  } finally {
    clearInterval(beats);
    clearTimeout(grace);
    // A handler that was left behind learns that nobody waits for it.
    ending.abort();
  }
  const thrown = trouble ?? commits.error;
  // kafkajs acts on its own errors only as they are.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  if (thrown !== null && deps.isOurs()) throw thrown;
}

/** Waits for the pieces in work; once aborted, not for ever. */
async function settle(inWork: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> {
  const all = Promise.allSettled(inWork);
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([all, aborted]);
  signal.removeEventListener('abort', onAbort);
  await withinTime(all, abandonAfterMs);
}
