/**
 * What the halves report. One function per thing that happens; the telemetry adapter turns them into counters and log
 * lines. Called per batch, never per record.
 */
import type { BotKind, DeadLetterReason, DropReason, Severity } from '@sluice/event';

export interface Logger {
  debug(message: string, data?: Record<string, unknown>): void;
  info(message: string, data?: Record<string, unknown>): void;
  warn(message: string, data?: Record<string, unknown>): void;
  error(message: string, data?: Record<string, unknown>): void;
  /** A logger whose lines carry this name in `logger`. */
  named(name: string): Logger;
}

export interface IngestionTelemetry {
  linesReceived(count: number, bytes: number): void;
  linesDeadLettered(reason: DeadLetterReason, count: number): void;
  linesDropped(reason: DropReason, count: number): void;
  /** A batch was acknowledged downstream. */
  batchPublished(records: number, bytes: number, seconds: number): void;
  rateLimitHits(count: number): void;
  /** Bytes on disk not yet read, over all sources. */
  bytesBehind(bytes: number): void;
  filesWatched(count: number): void;
  rotationSeen(kind: 'renamed' | 'truncated' | 'deleted'): void;
}

export type StageName = 'parse' | 'enrich' | 'store';

export interface IndexingTelemetry {
  recordsReceived(count: number): void;
  recordsStored(count: number): void;
  recordsDuplicate(count: number): void;
  recordsDeadLettered(reason: DeadLetterReason, count: number): void;
  recordsDropped(reason: DropReason, count: number): void;
  /** Given back unfinished, to be delivered again: a rebalance, a shutdown. */
  recordsReturned(count: number): void;
  /** Seconds one batch spent in a stage. */
  stage(stage: StageName, seconds: number): void;
  /** Seconds from the read of the oldest line of a batch to its being stored. */
  eventToStored(seconds: number): void;
  threats(threatClass: string, severity: Severity, count: number): void;
  bots(kind: BotKind, count: number): void;
  storeRetry(code: string): void;
  storeErrors(kind: string, count: number): void;
  /** The circuit breaker of the store changed. */
  breaker(state: BreakerState): void;
  alertRaised(kind: AlertKind): void;
}

export const breakerStates = ['closed', 'half_open', 'open'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** What a transport between two processes reports. */
export interface TransportTelemetry {
  /** Open connections, over all clients of the process. */
  connectionsChanged(by: 1 | -1): void;
  /** Records between the committed offset and the end of a partition this process consumes; null: it no longer does. */
  lag(partition: number, records: number | null): void;
  /** Seconds since the oldest record of the last batch was published; 0 when nothing waits. */
  lagSeconds(seconds: number): void;
  publishRetry(code: string): void;
  /** The consumer lost or got partitions, or was replaced. */
  rebalanced(): void;
}

export const alertKinds = ['flagged_address', 'scan', 'brute_force', 'flood', 'pipeline_failures'] as const;
export type AlertKind = (typeof alertKinds)[number];

export const cacheNames = ['address', 'user_agent', 'target'] as const;
export type CacheName = (typeof cacheNames)[number];

/** Read when metrics are scraped. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
}

/** A logger that says nothing, for short commands that report by their result. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  named: () => silentLogger,
};
