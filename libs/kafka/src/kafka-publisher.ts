/**
 * Publishes events to the topic and dead letters to `<topic>.dlq`: acknowledged by all in-sync replicas, repeated until
 * they are through.
 *
 *   encode -> events  -> one partition per call -> refused for size: halves -> a single one: a letter
 *          -> letters -> <topic>.dlq           -> refused for size: cut
 *
 * Not idempotent: measured, `idempotent` loses acknowledged records in both clients when sends overlap and a connection
 * breaks. What is repeated may be there twice, with the same event id, and is stored once.
 */
import { SluiceError } from '@sluice/errors';
import { systemClock } from '@sluice/ports';

import { pauseFor } from './backoff.ts';
import { encodeRecords } from './encode-records.ts';
import { createFailureLog } from './failure-log.ts';
import { isTopicMissing, toKafkaError } from './kafka-error.ts';
import { deadLetterTopic } from './kafka-settings.ts';
import { openDriver } from './open-driver.ts';
import { halveLetter, letterOfRefused } from './refused-record.ts';
import { createRepeatingSender } from './repeating-send.ts';
import { sendSplitting } from './send-splitting.ts';
import { trackSockets } from './tracked-sockets.ts';
import { withinTime } from './within-time.ts';

import type { KafkaConfig } from '@sluice/config';
import type { Clock, Logger, RecordPublisher, TransportTelemetry } from '@sluice/ports';
import type { EncodedLetter, EncodedRecords } from './encode-records.ts';
import type { PublishDriver } from './publish-driver.ts';
import type { PublishCall } from './repeating-send.ts';

export interface KafkaPublisherDeps {
  readonly telemetry: Pick<TransportTelemetry, 'connectionsChanged' | 'publishRetry'>;
  readonly logger: Logger;
  readonly clock?: Clock;
}

export interface KafkaPublisher extends RecordPublisher {
  /** Resolves when the brokers answer and know both topics; rejects with a SluiceError, after 10 seconds at most. */
  check(): Promise<void>;
  /** Why publishing is being repeated right now; null when it is not. */
  failure(): string | null;
  /** Waits for pending publishes until the deadline (default 5,000 ms), rejects the rest and disconnects. Idempotent. */
  close(deadlineMs?: number): Promise<void>;
}

const closeDeadlineMs = 5000;
const checkTimeoutMs = 10_000;
const checkAttempts = 5;
const checkDelayMs = 200;

/** Builds a publisher with the client that `kafka.producer` names; it connects at the first use. */
export function createKafkaPublisher(config: KafkaConfig, { telemetry, logger, clock = systemClock }: KafkaPublisherDeps): KafkaPublisher {
  const log = logger.named('kafka');
  const failures = createFailureLog(log, clock, { fails: 'Cannot publish; trying again until it works.', works: 'Publishing works again.' });
  const sockets = trackSockets(telemetry);
  const closing = new AbortController();
  const pending = new Set<Promise<unknown>>();
  let opening: Promise<PublishDriver> | null = null;

  /** A failure to open is not remembered: the next call tries again. */
  function open(): Promise<PublishDriver> {
    opening ??= openDriver(config, { logger: log, clock, sockets }).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  const { send, nextPartition } = createRepeatingSender(config, { open, telemetry, failures });

  async function publish({ events, letters }: EncodedRecords, call: PublishCall): Promise<void> {
    const [refused] = await Promise.all([sendSplitting(events, (part) => send(config.topic, part, call)), publishLetters(letters, call)]);
    const [first] = refused;
    if (first === undefined) return;
    log.warn('Records too large for Kafka became dead letters.', { records: refused.length, bytes: first.value.length });
    const failedAt = new Date(clock.now()).toISOString();
    await publishLetters(
      refused.map((event) => letterOfRefused(event, failedAt)),
      call,
    );
  }

  /** Letters that are too large themselves keep less and less of the original. */
  async function publishLetters(letters: readonly EncodedLetter[], call: PublishCall): Promise<void> {
    const topic = deadLetterTopic(config);
    for (let rest = letters; rest.length > 0;) {
      const refused = await sendSplitting(rest, (part) => send(topic, part, call));
      rest = refused.map(({ letter }) => halveLetter(letter)).filter((smaller) => smaller !== null);
      if (rest.length < refused.length) throw new SluiceError('KAFKA_UNAVAILABLE', `The topic ${topic} takes no records, however small.`);
    }
  }

  /** The question may be what makes a broker create the topic, and that takes it a moment. */
  async function checkTopic(topic: string): Promise<void> {
    const driver = await open();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await driver.check(topic);
        return;
      } catch (error) {
        if (!isTopicMissing(error) || attempt === checkAttempts) throw toKafkaError(error, `Kafka is not ready for the topic ${topic}`);
        await pauseFor(checkDelayMs, closing.signal);
      }
    }
  }

  async function end(deadlineMs: number): Promise<void> {
    await withinTime(Promise.allSettled(pending), deadlineMs);
    closing.abort(new SluiceError('DEADLINE_EXCEEDED', 'The publisher was closed before Kafka acknowledged the batch.'));
    await Promise.allSettled(pending);
    // A broker that hangs must not hold up a shutdown.
    const goodbye = opening?.then((driver) => driver.close()).catch(() => undefined);
    if (goodbye !== undefined) await withinTime(goodbye, closeDeadlineMs);
    sockets.close();
  }

  let ending: Promise<void> | null = null;
  return {
    publish: async (records, { readAtMs, signal }) => {
      if (ending !== null) throw new SluiceError('DEADLINE_EXCEEDED', 'The publisher is closed.');
      const anySignal = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      anySignal.throwIfAborted();
      const encoded = encodeRecords(records);
      records.length = 0;
      const work = publish(encoded, {
        timestampMs: Math.max(0, Math.trunc(readAtMs)),
        startedAtMs: performance.now(),
        signal: anySignal,
        partition: nextPartition(),
      });
      pending.add(work);
      try {
        await work;
      } finally {
        pending.delete(work);
      }
    },
    check: async () => {
      try {
        await withinTime(
          // Lines that are no events need the other one at once.
          checkTopic(config.topic).then(() => checkTopic(deadLetterTopic(config))),
          checkTimeoutMs,
          () => new SluiceError('KAFKA_UNAVAILABLE', `No broker answered within ${checkTimeoutMs / 1000} s.`),
        );
      } catch (error) {
        throw toKafkaError(error, 'Kafka is not ready');
      }
    },
    failure: () => failures.current(),
    close: (deadlineMs = closeDeadlineMs) => (ending ??= end(deadlineMs)),
  };
}
