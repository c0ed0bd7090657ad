/**
 * A consumer and the indexing half at work: the one feeds the other until it is stopped or cannot go on.
 */
import type { Indexing } from '@sluice/indexing';
import type { BreakerState, RecordConsumer } from '@sluice/ports';

/**
 * Consumes until the consumer is stopped. While the store's breaker is open nothing more is fetched (`pauseWhileOpen`).
 *
 * Errors: rejects when the consumer cannot go on, and when a batch failed for another reason than a shutdown or a
 * rebalance: the store is broken for good, or its retries are used up. Delivering such a batch again would help nobody.
 */
export async function runIndexing(consumer: RecordConsumer, indexing: Indexing): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const consuming = consumer.run(async (batch, context) => {
    try {
      await indexing.processBatch(batch, context);
    } catch (error) {
      if (!context.signal.aborted) failed.reject(error);
      throw error;
    }
  });
  await Promise.race([consuming, failed.promise]);
}

/** Gives the breaker's states to the consumer. */
export function pauseWhileOpen(consumer: Pick<RecordConsumer, 'pause' | 'resume'>): (state: BreakerState) => void {
  return (state) => {
    if (state === 'open') consumer.pause();
    else consumer.resume();
  };
}
