/**
 * The embedding API: one object that reads logs into stored events, once or for as long as they grow.
 *
 *     const pipeline = new LogPipeline('config/config.yml');
 *     await pipeline.processLogFile('access.log');
 *     await pipeline.start();
 *     await pipeline.stop();
 */
import { loadConfig } from '@sluice/config';
import { errorOf, SluiceError } from '@sluice/errors';
import { silentLogger, systemClock } from '@sluice/ports';

import { awaitDependencies } from './await-dependencies.ts';
import { composePipeline } from './compose-pipeline.ts';
import { startOperations } from './operations.ts';
import { withinDeadline } from './within-deadline.ts';

import type { Pipeline } from './compose-pipeline.ts';
import type { Operations } from './operations.ts';
import type { Config } from '@sluice/config';
import type { IngestionSummary, ReadProgress } from '@sluice/ingestion';
import type { Clock, EventReader, Logger } from '@sluice/ports';
import type { Readable } from 'node:stream';

export interface LogPipelineOptions {
  /** Environment for a configuration given as a path; default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: silent. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** What the path `-` reads; default: `process.stdin`. */
  readonly stdin?: Readable;
}

export interface ProcessOptions {
  /** Store even when most lines do not fit the format. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
}

const never = new AbortController().signal;

/** How a one-shot run ended: what was read, and what became of it. */
export interface RunSummary extends IngestionSummary {
  /** Newly stored events. */
  readonly stored: number;
  /** Lines whose id was stored before, as events or as dead letters. */
  readonly duplicates: number;
  /** Newly kept dead letters; `deadLetters` counts what was read, whether or not it was kept before. */
  readonly deadLettered: number;
}

export class LogPipeline {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #stdin: Readable;
  #pipeline: Promise<Pipeline> | null = null;
  #operations: Operations | null = null;
  readonly #stopping = new AbortController();

  /**
   * Takes a path of a configuration file or a loaded configuration. Nothing is opened yet.
   *
   * Errors: CONFIG_NOT_FOUND, CONFIG_INVALID.
   */
  constructor(config: string | Config, options: LogPipelineOptions = {}) {
    // eslint-disable-next-line no-restricted-properties -- the documented default of the embedding API
    this.#config = typeof config === 'string' ? loadConfig({ path: config, env: options.env ?? process.env }).config : config;
    this.#logger = options.logger ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.#stdin = options.stdin ?? process.stdin;
  }

  /**
   * Reads files, globs or folders to their end (`-` is standard input); every line is stored once, however often this is run.
   *
   * Errors: those of opening the store; DEADLINE_EXCEEDED when the signal aborted and the store takes nothing.
   * Files that could not be read, or that are for the most part in no known format, are in the summary's `errors`.
   */
  async processLogFile(paths: string | readonly string[], options: ProcessOptions = {}): Promise<RunSummary> {
    const pipeline = await this.#open();
    await this.#awaitDependencies(pipeline, options.signal ?? never);
    const before = pipeline.metrics.balance();
    const reading = readToStored(pipeline, typeof paths === 'string' ? [paths] : [...paths], options);
    const summary = await withinDeadline(reading, this.#config.shutdown.deadline_seconds, options.signal);
    const after = pipeline.metrics.balance();
    return {
      ...summary,
      stored: after.stored - before.stored,
      duplicates: after.duplicate - before.duplicate,
      deadLettered: after.deadLettered - before.deadLettered,
    };
  }

  /** Follows `source.paths` and serves health and metrics until `stop`; the signal ends waiting for what is missing at the start. Errors: PORT_IN_USE, those of opening the store. */
  async start(signal: AbortSignal = never): Promise<void> {
    if (this.#config.source.paths.length === 0) {
      throw new SluiceError('CONFIG_INVALID', 'source.paths is empty: there is nothing to follow.', {
        hint: 'Name files, globs or folders, for example: source: { paths: [/var/log/apache2] }',
      });
    }
    const pipeline = await this.#open();
    const { metrics, checks, transport, store } = pipeline;
    const operated = {
      metrics,
      checks,
      stalled: () => transport.stalled(),
      embeddedStore: this.#config.pipeline.store === 'duckdb' ? store : undefined,
    };
    this.#operations = await startOperations(this.#config, operated, { logger: this.#logger, clock: this.#clock });
    const stopping = AbortSignal.any([signal, this.#stopping.signal]);
    await this.#awaitDependencies(pipeline, stopping);
    if (!stopping.aborted) await pipeline.ingestion.start();
  }

  /** Resolves when the pipeline cannot go on, with the reason; pends while all is well. Call after `start`. */
  async failure(): Promise<Error> {
    const pipeline = await this.#open();
    return Promise.race([rejectionOf(pipeline.ingestion.ended), rejectionOf(pipeline.running)]);
  }

  /** What is stored. */
  async events(): Promise<EventReader> {
    return (await this.#open()).store;
  }

  /** Drains within `shutdown.deadline_seconds` and closes everything. Idempotent, legal before start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const opening = this.#pipeline;
    this.#pipeline = null;
    // A pipeline that failed to open has nothing to close.
    const pipeline = await opening?.catch(() => null);
    await pipeline?.close();
    await this.#operations?.stop();
    this.#operations = null;
  }

  #awaitDependencies({ dependencies }: Pipeline, signal: AbortSignal): Promise<void> {
    return awaitDependencies(dependencies, { deadlineSeconds: this.#config.startup.deadline_seconds, signal }, this.#logger);
  }

  #open(): Promise<Pipeline> {
    this.#pipeline ??= composePipeline(this.#config, { logger: this.#logger, clock: this.#clock, stdin: this.#stdin });
    return this.#pipeline;
  }
}

/** Reads files to their end; resolves when what was read has gone through both halves. */
async function readToStored(pipeline: Pipeline, paths: readonly string[], options: ProcessOptions): Promise<IngestionSummary> {
  const summary = await pipeline.ingestion.readFiles(paths, { force: false, ...options });
  await Promise.race([pipeline.transport.settled(), pipeline.running]);
  return summary;
}

/** Resolves with the reason when `promise` rejects; pends otherwise. */
function rejectionOf(promise: Promise<void>): Promise<Error> {
  return new Promise((resolve) => {
    promise.catch((error: unknown) => resolve(errorOf(error)));
  });
}
