/**
 * Ingestion: access log lines in, records handed to a publisher, nothing lost.
 *
 *   scan      source.paths -> files, with their rotated and compressed forms
 *   recognise a file's head -> a known generation and its checkpoint, or a new one
 *   split     bytes -> lines, memory bounded
 *   take in   line -> event, dead letter or counted drop
 *   batch     by count, bytes and age; several publishes in flight, then reading pauses
 *   publish   resolves when durable
 *   save      the checkpoint, only now
 *
 * At least once: a crash between the last two repeats lines and never loses one; the event id, made from where a line
 * stands, lets a store recognise the repeat.
 */
import { createCheckpointStore } from './checkpoint-store.ts';
import { createFollower, usualTiming } from './follower.ts';
import { createFormatChooser } from './format-choice.ts';
import { createFileReads } from './read-files.ts';

import type { FollowerTiming } from './follower.ts';
import type { IngestionSummary, ReadFilesOptions } from './read-files.ts';
import type { PerformanceConfig, SourceConfig } from '@sluice/config';
import type { ErrorCode } from '@sluice/errors';
import type { Clock, IngestionTelemetry, Logger, RecordPublisher, SharedState } from '@sluice/ports';
import type { Readable } from 'node:stream';

export interface IngestionConfig {
  readonly source: SourceConfig;
  /** `source.id`, or what stands for it when it is not set. */
  readonly sourceId: string;
  readonly performance: PerformanceConfig;
  readonly stateDirectory: string;
}

export interface IngestionDeps {
  readonly publisher: RecordPublisher;
  readonly telemetry: IngestionTelemetry;
  readonly logger: Logger;
  readonly clock: Clock;
  /** What `performance.rate_limit_scope: shared` counts by. */
  readonly state?: SharedState | undefined;
  /** Standard input, for the path `-`. */
  readonly stdin: Readable;
  /** Waiting times of follow mode; the usual ones when left out. */
  readonly timing?: Partial<FollowerTiming> | undefined;
}

export interface SourceStatus {
  /** As in `source.paths`. */
  readonly path: string;
  /** Files open now. */
  readonly files: number;
  readonly bytesBehind: number;
  /** Since the start. */
  readonly linesRead: number;
  readonly lastError: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface IngestionStatus {
  readonly phase: 'idle' | 'following' | 'failed' | 'stopping';
  readonly sources: readonly SourceStatus[];
  readonly batchesInFlight: number;
}

export interface Ingestion {
  /**
   * Reads files, globs, folders, pipes and `-` once, from beginning to end, and resolves when every record is durable.
   *
   * Invariant: keeps no checkpoint and reads all anew; known files keep their keys, so a store recognises what it has.
   * Errors: in the summary, one bad file does not keep the others; rejects only when publishing failed for good.
   */
  readFiles(paths: readonly string[], options: ReadFilesOptions): Promise<IngestionSummary>;
  /** Follows `source.paths`; resolves once all were looked at for the first time. Call once. */
  start(): Promise<void>;
  /** Of following: resolves after `stop`, rejects when publishing failed for good. */
  readonly ended: Promise<void>;
  /** Stops reading, waits up to `deadlineMs` for what is in flight, saves the checkpoint. Idempotent, legal before `start`. */
  stop(deadlineMs: number): Promise<void>;
  status(): IngestionStatus;
}

/** Builds the ingestion. Throws SluiceError LOG_FORMAT_INVALID. */
export function createIngestion(config: IngestionConfig, deps: IngestionDeps): Ingestion {
  const formats = createFormatChooser(config.source);
  const logger = deps.logger.named('ingestion');
  const store = createCheckpointStore(config.stateDirectory, { logger });
  const readOnlyStore = createCheckpointStore(config.stateDirectory, { logger, readOnly: true });
  const follower = createFollower(config, { ...usualTiming, ...deps.timing }, deps, { store, formats });
  const reads = createFileReads(config, deps, { store: readOnlyStore, formats });
  return {
    readFiles: (paths, options) => reads.readFiles(paths, options),
    start: () => follower.start(),
    ended: follower.ended,
    stop: (deadlineMs) => follower.stop(deadlineMs),
    status: () => follower.status(),
  };
}
