/**
 * The in-process transport: joins the two halves the way a topic would. A publish resolves when the batch is handled,
 * so the bound on unacknowledged publishes that ingest keeps is the bound on memory.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { errorOf, SluiceError } from '@sluice/errors';

import type { BatchHandler, OutgoingRecord, PublishOptions, RecordBatch, RecordConsumer, RecordPublisher } from '@sluice/ports';

interface Delivery {
  readonly batch: RecordBatch;
  readonly signal: AbortSignal | undefined;
  readonly settle: (error?: unknown) => void;
}

/**
 * Builds a channel that hands batches over in publish order, at most `maxInWork` at a time.
 *
 * Invariant: a publish resolves only after the handler finished that very batch, and rejects with the handler's error.
 */
export function createMemoryChannel(maxInWork: number): RecordPublisher & RecordConsumer {
  const waiting: Delivery[] = [];
  const inWork = new Set<Promise<void>>();
  const aborted = new AbortController();
  const ended = Promise.withResolvers<undefined>();
  let handler: BatchHandler | null = null;
  let paused = false;
  let stopping = false;

  function publish(records: OutgoingRecord[], options: PublishOptions): Promise<void> {
    if (stopping) return Promise.reject(new SluiceError('DEADLINE_EXCEEDED', 'The channel is closed.'));
    return new Promise((resolve, reject) => {
      waiting.push({
        batch: { records, readAtMs: options.readAtMs },
        signal: options.signal,
        settle: (error) => {
          if (error === undefined) resolve();
          else reject(errorOf(error));
        },
      });
      deliver();
    });
  }

  function deliver(): void {
    while (handler !== null && !paused && inWork.size < maxInWork) {
      const delivery = waiting.shift();
      if (delivery === undefined) return;
      const work: Promise<void> = handle(handler, delivery).finally(() => {
        inWork.delete(work);
        deliver();
      });
      inWork.add(work);
    }
  }

  async function handle(current: BatchHandler, { batch, signal, settle }: Delivery): Promise<void> {
    const anySignal = signal === undefined ? aborted.signal : AbortSignal.any([signal, aborted.signal]);
    try {
      anySignal.throwIfAborted();
      await current(batch, { signal: anySignal });
      settle();
    } catch (error) {
      settle(error);
    }
  }

  return {
    publish,
    async run(newHandler) {
      handler = newHandler;
      deliver();
      await ended.promise;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      deliver();
    },
    async stop(deadlineMs) {
      stopping = true;
      const timer = new AbortController();
      const drained = drain().then(() => {
        timer.abort();
      });
      await Promise.race([drained, delay(deadlineMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      aborted.abort(new SluiceError('DEADLINE_EXCEEDED', 'The shutdown deadline passed before the batch was stored.'));
      for (const { settle } of waiting.splice(0)) settle(aborted.signal.reason);
      await drained;
      ended.resolve(undefined);
    },
  };

  async function drain(): Promise<void> {
    while (inWork.size > 0 || (waiting.length > 0 && handler !== null && !paused)) await Promise.allSettled(inWork);
  }
}
