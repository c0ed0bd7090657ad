/**
 * Sends the same records until they are through: the loop above both clients.
 */
import { backoffMs, pauseFor } from './backoff.ts';
import { isTooLarge, toKafkaError } from './kafka-error.ts';
import { createPartitionChoice } from './partition-choice.ts';
import { untilAborted } from './within-time.ts';

import type { KafkaConfig } from '@sluice/config';
import type { TransportTelemetry } from '@sluice/ports';
import type { FailureLog } from './failure-log.ts';
import type { EncodedOutput, PublishDriver } from './publish-driver.ts';

export interface RepeatingSendDeps {
  /** The driver, connected or not; rejects while it cannot be had. */
  open(): Promise<PublishDriver>;
  readonly telemetry: Pick<TransportTelemetry, 'publishRetry'>;
  readonly failures: FailureLog;
}

/** Records of one publish call. */
export interface PublishCall {
  readonly timestampMs: number;
  /** By `performance.now()`. */
  readonly startedAtMs: number;
  readonly signal: AbortSignal;
  /** Where the call's records go, unless that fails. */
  readonly partition: number;
}

export type RepeatingSend = (topic: string, records: readonly EncodedOutput[], call: PublishCall) => Promise<void>;

export interface RepeatingSender {
  /** The partition of the next call. */
  readonly nextPartition: () => number;
  readonly send: RepeatingSend;
}

/**
 * Builds the loop.
 *
 * Invariant: records are never reordered and never changed between attempts. An attempt after a failure goes to another
 * partition, so that one without a leader does not hold up everything.
 * Errors: what no retry heals, the last error when `retry_attempts` are used up, the signal's reason, and, as the client
 * threw it, that the records are too large.
 */
export function createRepeatingSender(config: KafkaConfig, deps: RepeatingSendDeps): RepeatingSender {
  const backoff = { firstDelayMs: config.retry_first_delay_ms, maxDelayMs: config.retry_max_delay_ms };
  const lastAttempt = config.retry_attempts === 0 ? Infinity : config.retry_attempts;
  const nextPartition = createPartitionChoice();

  async function attempt(topic: string, records: readonly EncodedOutput[], partition: number, { signal, timestampMs }: PublishCall): Promise<void> {
    const driver = await untilAborted(deps.open(), signal);
    await untilAborted(driver.send({ topic, partition }, records, timestampMs), signal);
  }

  /** Throws what ends the loop; returns how long to wait otherwise. */
  function onFailure(cause: unknown, topic: string, call: PublishCall, attempts: number): number {
    call.signal.throwIfAborted();
    if (isTooLarge(cause)) throw cause;
    const error = toKafkaError(cause, `Cannot publish to ${topic}`);
    if (!error.retryable || attempts > lastAttempt) throw error;
    deps.telemetry.publishRetry(error.code);
    deps.failures.failed(call, error, { attempt: attempts, elapsedMs: performance.now() - call.startedAtMs });
    return backoffMs(attempts, backoff);
  }

  return {
    nextPartition,
    send: async (topic, records, call) => {
      let isThrough = false;
      let { partition } = call;
      try {
        for (let attempts = 1; !isThrough; attempts += 1) {
          try {
            await attempt(topic, records, partition, call);
            isThrough = true;
          } catch (cause) {
            await pauseFor(onFailure(cause, topic, call, attempts), call.signal);
            partition = nextPartition();
          }
        }
      } finally {
        deps.failures.ended(call, isThrough);
      }
    },
  };
}
