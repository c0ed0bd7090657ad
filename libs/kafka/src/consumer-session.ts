/**
 * One life of a kafkajs consumer: it joins, consumes, and ends when it crashes, falls silent or is asked to leave. A
 * consumer that crashed is never used again; kafkajs's own restart is switched off, because it does not restart after
 * every crash and leaves a consumer that does nothing.
 */
import { createGroupMembership } from './group-membership.ts';
import { createKafkaJs, kafkaJsRetry } from './kafkajs-client.ts';
import { trackSockets } from './tracked-sockets.ts';
import { withinTime } from './within-time.ts';
import { workBatch } from './work-batch.ts';

import type { KafkaConfig } from '@sluice/config';
import type { Clock, Logger, TransportTelemetry } from '@sluice/ports';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { BatchWorkDeps } from './work-batch.ts';

export interface SessionOptions {
  /** Records handed over at a time. */
  readonly batchSize: number;
  /** Batches in work at once, over all partitions. */
  readonly maxInWork: number;
}

export interface SessionDeps extends Pick<BatchWorkDeps, 'handler' | 'permits' | 'onActivity' | 'onRefused'> {
  readonly telemetry: TransportTelemetry;
  readonly logger: Logger;
  readonly clock: Clock;
  isPaused(): boolean;
  /** The partitions changed; with those of now. */
  onAssigned(partitions: readonly number[]): void;
}

export interface ConsumerSession {
  readonly partitions: readonly number[];
  readonly isConnected: boolean;
  readonly isRebalancing: boolean;
  /** Consumes; resolves when this life is over: with what ended it, or with undefined after `leave`. Call once. */
  live(): Promise<unknown>;
  /** Ends it now. */
  kill(reason: Error): void;
  /** Tells kafkajs what `isPaused` says. */
  applyPause(): void;
  /** Drains what is in work until the deadline, aborts the rest, leaves the group. */
  leave(deadlineMs: number, reason: Error): Promise<void>;
}

const maxWaitMs = 500;
const rebalanceTimeoutMs = 60_000;
const longestHeartbeatMs = 3000;
const longestGraceMs = 5000;
/** Of bytes of one partition. An answer of several partitions is unpacked as a whole. */
const partitionsPerFetch = 2;
/** After its end a consumer may say goodbye to the group for so long. */
const farewellMs = 5000;

export function createConsumerSession(config: KafkaConfig, options: SessionOptions, deps: SessionDeps): ConsumerSession {
  const { topic } = config;
  const { telemetry } = deps;
  const heartbeatMs = Math.max(100, Math.min(longestHeartbeatMs, Math.floor(config.session_timeout_ms / 6)));
  const work = { batchSize: options.batchSize, heartbeatMs, graceMs: Math.min(longestGraceMs, config.session_timeout_ms / 2) };
  const sockets = trackSockets(telemetry);
  const membership = createGroupMembership();
  const ended = Promise.withResolvers<unknown>();
  const consumer = createKafkaJs(config, { ...deps, sockets }).consumer({
    groupId: config.group_id,
    sessionTimeout: config.session_timeout_ms,
    rebalanceTimeout: Math.max(rebalanceTimeoutMs, config.session_timeout_ms),
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: maxWaitMs,
    maxBytesPerPartition: config.fetch_max_bytes,
    maxBytes: config.fetch_max_bytes * partitionsPerFetch,
    retry: { ...kafkaJsRetry, restartOnFailure: () => Promise.resolve(false) },
  });
  let isLeaving = false;
  const isLeft = (): boolean => isLeaving;
  let isKilled = false as boolean;

  function applyPause(): void {
    // Without a group there is nothing to pause; it asks again when it has joined.
    if (!membership.isJoined) return;
    try {
      if (deps.isPaused()) consumer.pause([{ topic }]);
      else consumer.resume([{ topic }]);
    } catch {
      // It has crashed and not said so yet; the next session asks again.
    }
  }

  listen(consumer, {
    onActivity: deps.onActivity,
    onEnd: (error) => ended.resolve(error),
    onRebalancing: () => membership.rebalancing(),
    onJoining: () => membership.joining(),
    onJoined: (assignment) => {
      membership.joined(assignment[topic] ?? []);
      telemetry.rebalanced();
      applyPause();
      deps.onAssigned(membership.partitions);
    },
  });

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const mine = membership.current;
    await workBatch(payload, work, {
      ...deps,
      signal: mine.signal,
      isOurs: () => membership.current === mine && !mine.signal.aborted,
      wantsMore: () => !deps.isPaused() && !isLeaving,
    });
  }

  async function start(): Promise<void> {
    await consumer.connect();
    if (isLeft()) return;
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    if (isLeft()) return;
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: options.maxInWork, eachBatch });
  }

  let starting: Promise<void> = Promise.resolve();

  /** Ends sockets only after the goodbye, which the others wait for; a broker that hangs does not hold us up. */
  async function disconnect(): Promise<void> {
    await withinTime(
      consumer.disconnect().catch(() => undefined),
      farewellMs,
    );
    sockets.close();
  }

  return {
    get partitions() {
      return membership.partitions;
    },
    get isConnected() {
      return membership.isJoined && sockets.open > 0;
    },
    get isRebalancing() {
      return sockets.open > 0 && !membership.isJoined;
    },
    applyPause,
    live: async () => {
      starting = start();
      starting.catch((error: unknown) => ended.resolve(error));
      const reason = await ended.promise;
      membership.end(new Error('The consumer ended.'));
      if (isKilled) sockets.close();
      if (!isLeaving) await disconnect();
      return reason;
    },
    kill: (reason) => {
      isKilled = true;
      ended.resolve(reason);
    },
    leave: async (deadlineMs, reason) => {
      isLeaving = true;
      const late = setTimeout(() => membership.end(reason), deadlineMs);
      // A consumer that is only just joining would go on after its end: it is waited for, then ended.
      await withinTime(Promise.allSettled([starting]), deadlineMs);
      await withinTime(
        consumer.disconnect().catch(() => undefined),
        deadlineMs + farewellMs,
      );
      clearTimeout(late);
      membership.end(reason);
      sockets.close();
      ended.resolve(undefined);
    },
  };
}

interface SessionEvents {
  onActivity(): void;
  onEnd(error: unknown): void;
  onRebalancing(): void;
  onJoining(): void;
  onJoined(assignment: Readonly<Record<string, readonly number[]>>): void;
}

/** A crash says why only after the end. */
const crashFollowsMs = 1000;

function listen(consumer: Consumer, events: SessionEvents): void {
  const { CRASH, STOP, DISCONNECT, FETCH, HEARTBEAT, END_BATCH_PROCESS, GROUP_JOIN, REBALANCING, REQUEST } = consumer.events;
  consumer.on(CRASH, ({ payload }) => events.onEnd(payload.error));
  for (const event of [STOP, DISCONNECT]) {
    consumer.on(event, () => {
      setTimeout(() => events.onEnd(new Error('The consumer ended by itself.')), crashFollowsMs).unref();
    });
  }
  for (const event of [FETCH, HEARTBEAT, END_BATCH_PROCESS]) consumer.on(event, () => events.onActivity());
  consumer.on(REBALANCING, () => events.onRebalancing());
  consumer.on(REQUEST, ({ payload }) => {
    if (payload.apiName === 'JoinGroup') events.onJoining();
  });
  consumer.on(GROUP_JOIN, ({ payload }) => {
    events.onActivity();
    events.onJoined(payload.memberAssignment);
  });
}
