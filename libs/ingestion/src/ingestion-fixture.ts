/**
 * What the tests of this library share: a temporary folder, log lines that can be told apart, and a publisher that
 * remembers what it was given.
 */
import { configSchema } from '@sluice/config';
import { systemClock } from '@sluice/ports';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { createIngestion } from './pipeline.ts';

import type { FollowerTiming } from './follower.ts';
import type { Ingestion } from './pipeline.ts';
import type { DeadLetter, LogEvent } from '@sluice/event';
import type { IngestionTelemetry, Logger, OutgoingRecord, RecordPublisher } from '@sluice/ports';

/** A combined line whose path carries its number. */
export function logLine(number: number): string {
  const second = String(number % 60).padStart(2, '0');
  return `192.0.2.${number % 250} - - [22/Nov/2026:13:55:${second} +0000] "GET /line/${number} HTTP/1.1" 200 ${100 + (number % 900)} "-" "agent/${number}"`;
}

/** Lines `from` up to but not including `to`, each with its line end. */
export function logLines(from: number, to: number): string {
  let text = '';
  for (let number = from; number < to; number += 1) text += `${logLine(number)}\n`;
  return text;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export class RecordingPublisher implements RecordPublisher {
  readonly records: OutgoingRecord[] = [];
  publishes = 0;
  /** Awaited before records count as published. */
  before: (records: readonly OutgoingRecord[]) => Promise<void> = () => Promise.resolve();

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    this.publishes += 1;
    await this.before(records);
    this.records.push(...records);
  }

  get events(): LogEvent[] {
    return this.records.flatMap((record) => (record.kind === 'event' ? [record.event] : []));
  }

  get letters(): DeadLetter[] {
    return this.records.flatMap((record) => (record.kind === 'dead_letter' ? [record.letter] : []));
  }

  /** The numbers of `logLine`, in the order published. */
  get numbers(): number[] {
    return this.events.map((event) => Number(event.path?.slice('/line/'.length)));
  }
}

export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly data: Record<string, unknown> | undefined;
}

export function createRecordingLogger(lines: LoggedLine[] = []): Logger & { lines: LoggedLine[] } {
  const at =
    (level: string) =>
    (message: string, data?: Record<string, unknown>): void =>
      void lines.push({ level, message, data });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), named: () => createRecordingLogger(lines) };
}

export class CountingTelemetry implements IngestionTelemetry {
  readonly totals = { received: 0, bytes: 0, deadLettered: 0, dropped: 0, published: 0, rateLimitHits: 0 };
  readonly rotations: string[] = [];
  behind = 0;
  linesReceived(count: number, bytes: number): void {
    this.totals.received += count;
    this.totals.bytes += bytes;
  }
  linesDeadLettered(_reason: string, count: number): void {
    this.totals.deadLettered += count;
  }
  linesDropped(_reason: string, count: number): void {
    this.totals.dropped += count;
  }
  batchPublished(records: number): void {
    this.totals.published += records;
  }
  rateLimitHits(count: number): void {
    this.totals.rateLimitHits += count;
  }
  bytesBehind(bytes: number): void {
    this.behind = bytes;
  }
  filesWatched(): void {
    // Not looked at.
  }
  rotationSeen(kind: string): void {
    this.rotations.push(kind);
  }
}

export interface Bench {
  readonly folder: string;
  readonly state: string;
  path(name: string): string;
  remove(): void;
}

export function createBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ingestion-'));
  return {
    folder,
    state: join(folder, 'state'),
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface SetupOptions {
  readonly paths?: readonly string[];
  readonly source?: Record<string, unknown>;
  readonly performance?: Record<string, unknown>;
  readonly publisher?: RecordingPublisher;
  readonly timing?: Partial<FollowerTiming>;
  readonly stdin?: Readable;
}

export interface Setup {
  readonly ingestion: Ingestion;
  readonly publisher: RecordingPublisher;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  readonly telemetry: CountingTelemetry;
}

/** An ingestion over the bench's state folder, with waiting times fit for tests. */
export function setUp(bench: Bench, options: SetupOptions = {}): Setup {
  const config = configSchema.parse({
    source: { paths: options.paths ?? [], poll_interval_ms: 20, ...options.source },
    performance: { batch_age_ms: 10, ...options.performance },
  });
  const publisher = options.publisher ?? new RecordingPublisher();
  const logger = createRecordingLogger();
  const telemetry = new CountingTelemetry();
  const ingestion = createIngestion(
    {
      source: config.source,
      sourceId: 'test',
      performance: config.performance,
      stateDirectory: bench.state,
    },
    {
      publisher,
      telemetry,
      logger,
      clock: systemClock,
      stdin: options.stdin ?? Readable.from([]),
      timing: { rotationGraceMs: 150, compressedSettleMs: 100, scanIntervalMs: 50, checkpointIntervalMs: 20, ...options.timing },
    },
  );
  return { ingestion, publisher, logger, telemetry };
}

/** Waits until the condition holds; fails with `what` when it does not in time. */
export async function until(condition: () => boolean, what: () => string, timeoutMs = 10_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`not in time: ${what()}`);
    await sleep(5);
  }
}
