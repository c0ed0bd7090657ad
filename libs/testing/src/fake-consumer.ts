import type { BatchHandler, RecordBatch, RecordConsumer } from '@sluice/ports';

export interface FakeConsumer extends RecordConsumer {
  /** Hands a batch to the running handler; settles as the handler does. `signal` is the one of the batch context. */
  deliver(batch: RecordBatch, signal?: AbortSignal): Promise<void>;
  readonly paused: boolean;
}

/** Creates a consumer that delivers what the test gives it, when the test gives it. */
export function createFakeConsumer(): FakeConsumer {
  let handler: BatchHandler | null = null;
  let paused = false;
  const stopped = Promise.withResolvers<undefined>();
  const stopping = new AbortController();
  return {
    get paused() {
      return paused;
    },
    run: async (given) => {
      handler = given;
      await stopped.promise;
    },
    deliver: async (batch, signal = stopping.signal) => {
      if (handler === null) throw new Error('nothing consumes yet: call run first');
      await handler(batch, { signal });
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    stop: () => {
      stopping.abort();
      stopped.resolve(undefined);
      return Promise.resolve();
    },
  };
}
