/**
 * Writes batches to a store that may fail for a while: tried again with growing delays, behind a circuit breaker.
 */
import { isSluiceError, messageOf } from '@sluice/errors';
import { createCircuitBreaker, createRetry } from '@sluice/resilience';

import type { Alerts } from './alerts.ts';
import type { BreakerState, IndexingTelemetry, Logger, PreparedBatch, StoreResult } from '@sluice/ports';
import type { CircuitBreakerOptions, Retry, RetryOptions } from '@sluice/resilience';

export interface GuardedWriterConfig {
  readonly retry: RetryOptions;
  readonly breaker: CircuitBreakerOptions;
}

export interface GuardedWriterDeps {
  readonly alerts: Pick<Alerts, 'pipelineFailed'>;
  /** The store's breaker changed: the transport may pause and go on. Must not throw. */
  readonly onBreaker?: ((state: BreakerState) => void) | undefined;
  readonly telemetry: Pick<IndexingTelemetry, 'breaker' | 'storeErrors' | 'storeRetry' | 'stage'>;
  readonly logger: Logger;
}

export interface GuardedWriter {
  /** Resolves when the batch is stored. Errors: what no retry heals, the last failure of bounded retries, the signal's reason. */
  write(batch: PreparedBatch, signal: AbortSignal): Promise<StoreResult>;
  /** The failure the store is tried again for right now, or that ended it; null while all is well. */
  failure(): string | null;
}

export function createGuardedWriter(config: GuardedWriterConfig, { alerts, onBreaker, telemetry, logger }: GuardedWriterDeps): GuardedWriter {
  /** Batches that are being tried again: without any the last failure says nothing about now. */
  const troubled = new Set<PreparedBatch>();
  let failure: string | null = null;
  let isBroken = false;
  /** Batches share transactions, so many fail together: one of them speaks for all. */
  let speaker: PreparedBatch | null = null;

  telemetry.breaker('closed');
  const breaker = createCircuitBreaker(config.breaker, (state) => {
    telemetry.breaker(state);
    onBreaker?.(state);
  });

  const retryFor = (batch: PreparedBatch): Retry =>
    createRetry(config.retry, {
      onRetry: (error, attempt, delayMs) => {
        failure = `${error.code}: ${error.message}`;
        troubled.add(batch);
        telemetry.storeRetry(error.code);
        speaker ??= batch;
        if (speaker !== batch) return;
        logger.warn(`The store does not take events: ${error.message}. Reading pauses; trying again by itself.`, {
          code: error.code,
          hint: error.hint,
          attempt,
          retryInMs: Math.round(delayMs),
        });
        void alerts.pipelineFailed(error.message);
      },
    });

  /** Counts every call that fails, also those that are tried again. */
  async function attempt(batch: PreparedBatch): Promise<StoreResult> {
    try {
      return await batch.write();
    } catch (error) {
      telemetry.storeErrors(isSluiceError(error) ? error.code : 'unexpected', 1);
      throw error;
    }
  }

  return {
    async write(batch, signal) {
      const startedAtMs = performance.now();
      try {
        const result = await retryFor(batch)(() => breaker.run(() => attempt(batch), signal), signal);
        if (failure !== null) logger.info('The store takes events again.');
        failure = null;
        return result;
      } catch (error) {
        // A batch that is no longer wanted says nothing about the store.
        if (!signal.aborted) {
          failure = messageOf(error);
          isBroken = true;
        }
        throw error;
      } finally {
        troubled.delete(batch);
        if (speaker === batch) speaker = null;
        telemetry.stage('store', (performance.now() - startedAtMs) / 1000);
      }
    },
    failure: () => (troubled.size > 0 || isBroken ? failure : null),
  };
}
