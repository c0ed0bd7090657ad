/**
 * Consumes the topic as a member of a group, for as long as the process lives: a consumer that ends for any reason is
 * replaced by a new one, after a delay that grows.
 *
 *   session -> pieces -> handler;   session ended -> delay -> next session
 */
import { SluiceError } from '@sluice/errors';
import { systemClock } from '@sluice/ports';

import { backoffMs, pauseFor } from './backoff.ts';
import { createConsumerSession } from './consumer-session.ts';
import { createTopics } from './create-topics.ts';
import { createFailureLog } from './failure-log.ts';
import { toKafkaError } from './kafka-error.ts';
import { createKafkaJs } from './kafkajs-client.ts';
import { createLagReporter } from './lag-reporter.ts';
import { createLiveness } from './liveness.ts';
import { createPermits } from './permits.ts';
import { createTopicAdmin } from './topic-admin.ts';
import { trackSockets } from './tracked-sockets.ts';
import { withinTime } from './within-time.ts';

import type { KafkaConfig } from '@sluice/config';
import type { BatchHandler, Clock, Logger, RecordConsumer, TransportTelemetry } from '@sluice/ports';
import type { ConsumerSession, SessionOptions } from './consumer-session.ts';
import type { PartitionLag } from './topic-admin.ts';

export type KafkaConsumerOptions = SessionOptions;

export interface KafkaConsumerDeps {
  readonly telemetry: TransportTelemetry;
  readonly logger: Logger;
  readonly clock?: Clock;
}

export interface ConsumerStatus {
  /** A member of the group with an open connection. */
  readonly connected: boolean;
  readonly partitions: readonly number[];
  /** The last fetch, heartbeat, join or attempt, in ms since the epoch; null before the first. */
  readonly lastActivityAtMs: number | null;
  /** Connected, but without partitions for the moment. */
  readonly rebalancing: boolean;
}

export interface KafkaConsumer extends RecordConsumer {
  status(): ConsumerStatus;
  /** Resolves when the brokers answer and know the topic; rejects with a SluiceError, after 10 seconds at most. */
  check(): Promise<void>;
  /** Why only a restart of the process would help; null otherwise, in an outage of the brokers too. */
  stalled(): string | null;
  /** Of the whole group, all partitions of the topic in order. */
  lag(): Promise<PartitionLag[]>;
  /** True when the group has committed everything there is. */
  caughtUp(): Promise<boolean>;
}

const askTimeoutMs = 10_000;
/** A broker that hangs must not hold up a shutdown. */
const farewellMs = 5000;
const watchIntervalMs = 5000;
/** A session that lives so long works, also when nothing comes. */
const lastingMs = 60_000;
/** Replaced when silent for so long, or for three session timeouts. */
const silentLimitMs = 60_000;
/** By then it should have been replaced long since. */
const stalledAfterMs = 180_000;

/** Builds a consumer; nothing is connected before `run`, `check` or `lag`. */
export function createKafkaConsumer(
  config: KafkaConfig,
  options: KafkaConsumerOptions,
  { telemetry, logger, clock = systemClock }: KafkaConsumerDeps,
): KafkaConsumer {
  const log = logger.named('kafka');
  const adminSockets = trackSockets(telemetry);
  const admin = createTopicAdmin(createKafkaJs(config, { logger: log, clock, sockets: adminSockets }));
  const liveness = createLiveness(clock);
  const lagReporter = createLagReporter(telemetry, () => admin.groupLag(config.group_id, config.topic));
  const failures = createFailureLog(log, clock, { fails: 'Cannot consume; trying again until it works.', works: 'Consuming works again.' });
  const backoff = { firstDelayMs: config.retry_first_delay_ms, maxDelayMs: config.retry_max_delay_ms };
  const permits = createPermits(options.maxInWork);
  const stopping = new AbortController();
  const finished = Promise.withResolvers<undefined>();
  let session: ConsumerSession | null = null;
  let isRunning = false;
  let isPaused = false;
  let attempts = 0;
  let refusals = 0;
  let hasTopics = !config.create_topic;

  const isStopping = (): boolean => stopping.signal.aborted;

  /** Rejects only for what no new consumer can heal. */
  async function runSessions(handler: BatchHandler): Promise<void> {
    while (!isStopping()) {
      liveness.sign();
      const cause = await runSession(handler).catch((error: unknown) => error);
      if (isStopping()) return;
      const error = toKafkaError(cause, `Cannot consume ${config.topic}`);
      if (!error.retryable) throw error;
      attempts += 1;
      failures.failed(failures, error, { attempt: attempts, elapsedMs: 0 });
      await pauseFor(backoffMs(attempts, backoff), stopping.signal);
    }
  }

  async function runSession(handler: BatchHandler): Promise<unknown> {
    if (!hasTopics) {
      await createTopics(config, admin);
      hasTopics = true;
    }
    if (isStopping()) return undefined;
    session = createConsumerSession(config, options, {
      handler: async (batch, context) => {
        telemetry.lagSeconds((clock.now() - batch.readAtMs) / 1000);
        await handler(batch, context);
        refusals = 0;
        // Joining alone is no success: a partition that cannot be read lets each session join, and fail.
        attempts = 0;
        failures.ended(failures, true);
      },
      permits,
      telemetry,
      logger: log,
      clock,
      isPaused: () => isPaused,
      onActivity: () => liveness.sign(),
      onRefused,
      onAssigned: (partitions) => {
        lagReporter.assigned(partitions);
      },
    });
    const current = session;
    const lasting = setTimeout(() => {
      attempts = 0;
      failures.ended(failures, true);
    }, lastingMs);
    const watch = setInterval(() => {
      if (liveness.silentMs() > Math.max(silentLimitMs, 3 * config.session_timeout_ms)) current.kill(new Error('no fetch and no heartbeat'));
    }, watchIntervalMs);
    try {
      return await current.live();
    } finally {
      clearInterval(watch);
      clearTimeout(lasting);
      lagReporter.assigned([]);
    }
  }

  /** Not at once: what refuses a batch will refuse it again. */
  async function onRefused(error: unknown, signal: AbortSignal): Promise<void> {
    refusals += 1;
    const reason = error instanceof Error ? error.message : String(error);
    log.warn('A batch was not taken; it is delivered again.', { error: reason, attempt: refusals });
    await pauseFor(backoffMs(refusals, backoff), AbortSignal.any([signal, stopping.signal]));
  }

  async function ask<T>(question: Promise<T>): Promise<T> {
    try {
      const late = (): SluiceError => new SluiceError('KAFKA_UNAVAILABLE', `No broker answered within ${askTimeoutMs / 1000} s.`);
      return (await withinTime(question, askTimeoutMs, late)) as T;
    } catch (error) {
      throw toKafkaError(error, 'Kafka is not ready');
    }
  }

  async function end(deadlineMs: number): Promise<void> {
    stopping.abort();
    const late = new SluiceError('DEADLINE_EXCEEDED', 'The shutdown deadline passed before the batch was stored.');
    await session?.leave(deadlineMs, late);
    lagReporter.stop();
    await withinTime(admin.close(), farewellMs);
    adminSockets.close();
    // A question that hung at a broker has just failed, so this takes no time to speak of.
    if (isRunning) await withinTime(finished.promise, farewellMs);
  }

  let ending: Promise<void> | null = null;
  const lag = (): Promise<PartitionLag[]> => ask(admin.groupLag(config.group_id, config.topic));
  return {
    run: async (handler) => {
      if (stopping.signal.aborted) return;
      isRunning = true;
      try {
        await runSessions(handler);
      } finally {
        isRunning = false;
        session = null;
        finished.resolve(undefined);
      }
    },
    pause: () => {
      isPaused = true;
      session?.applyPause();
    },
    resume: () => {
      isPaused = false;
      session?.applyPause();
    },
    stop: (deadlineMs) => (ending ??= end(deadlineMs)),
    status: () => ({
      connected: session?.isConnected ?? false,
      partitions: session?.partitions ?? [],
      lastActivityAtMs: liveness.lastAtMs,
      rebalancing: session?.isRebalancing ?? false,
    }),
    check: () => ask(admin.check(config.topic)),
    stalled: () => {
      if (!isRunning || stopping.signal.aborted || liveness.silentMs() < stalledAfterMs) return null;
      return `no fetch and no heartbeat for ${Math.round(liveness.silentMs() / 1000)} s`;
    },
    lag,
    caughtUp: async () => (await lag()).every((partition) => partition.lag === 0),
  };
}
