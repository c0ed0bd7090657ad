/**
 * One-shot reading: files, globs, folders, pipes and standard input, each from its beginning to its end.
 */
import { SluiceError } from '@sluice/errors';

import { createGenerationRegistry } from './generation-registry.ts';
import { createLineIntake } from './line-intake.ts';
import { LineSplitter } from './line-splitter.ts';
import { openOnce } from './open-once.ts';
import { createPublishQueue } from './publish-queue.ts';
import { createRateGate } from './rate-gate.ts';
import { ReadCounts } from './read-counts.ts';
import { sampleOf } from './format-choice.ts';
import { scanSources, unreadable } from './source-scanner.ts';

import type { CheckpointStore } from './checkpoint-store.ts';
import type { FormatChooser } from './format-choice.ts';
import type { GenerationRegistry } from './generation-registry.ts';
import type { LineIntake } from './line-intake.ts';
import type { OnceFile } from './open-once.ts';
import type { IngestionConfig, IngestionDeps } from './pipeline.ts';
import type { SourceFile } from './source-scanner.ts';
import type { LineParser } from '@sluice/parser';

export interface ReadProgress {
  readonly file: string;
  /** Of the file on disk, compressed or not. */
  readonly bytesRead: number;
  /** Null for pipes. */
  readonly bytesTotal: number | null;
  readonly lines: number;
}

export interface ReadFilesOptions {
  /** Read files even when the format does not fit most of their lines. */
  readonly force: boolean;
  /** Ends reading; what was read is still published. */
  readonly signal?: AbortSignal | undefined;
  /** Called once per chunk. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

export interface ReadTotals {
  /** lines = events + dead letters + dropped. */
  readonly lines: number;
  /** Decompressed, with line ends. */
  readonly bytes: number;
  readonly events: number;
  readonly deadLetters: ReadCounts['deadLetters'];
  readonly dropped: ReadCounts['dropped'];
  readonly seconds: number;
}

export interface FileSummary extends ReadTotals {
  readonly file: string;
  /** Name of the format it was read by; null when it was not read. */
  readonly format: string | null;
  /** A file of a folder that is no access log; no error. */
  readonly leftOut: boolean;
  readonly error: SluiceError | null;
}

export interface IngestionSummary extends ReadTotals {
  /** In the order they were read: oldest first within a folder or glob. */
  readonly files: readonly FileSummary[];
  /** SOURCE_UNREADABLE, SOURCE_CORRUPT, LOG_FORMAT_UNKNOWN, in order; empty when all went well. */
  readonly errors: readonly SluiceError[];
  /** Reading was ended by the signal. */
  readonly aborted: boolean;
}

interface Run {
  readonly options: ReadFilesOptions;
  readonly intake: LineIntake;
  readonly registry: GenerationRegistry;
}

/** Builds the one-shot half. */
export function createFileReads(
  config: IngestionConfig,
  deps: IngestionDeps,
  parts: { readonly store: CheckpointStore; readonly formats: FormatChooser },
): { readFiles(paths: readonly string[], options: ReadFilesOptions): Promise<IngestionSummary> } {
  const { clock, telemetry } = deps;
  const logger = deps.logger.named('ingestion');
  const maxLineBytes = config.source.max_line_bytes;

  async function readFiles(paths: readonly string[], options: ReadFilesOptions): Promise<IngestionSummary> {
    const startedAtMs = clock.now();
    const queue = createPublishQueue(config.performance, { publisher: deps.publisher, telemetry, clock, onAcknowledged: () => undefined });
    const gate = createRateGate(config.performance, { telemetry, clock, state: deps.state });
    const intakeConfig = { sourceId: config.sourceId, rateLimitDeadLetters: config.performance.rate_limit_dead_letters };
    const intake = createLineIntake(intakeConfig, { queue, gate, telemetry, clock });
    const run = { options, intake, registry: createGenerationRegistry(await parts.store.load(), config.sourceId, clock) };

    const files: FileSummary[] = [];
    const errors: SluiceError[] = [];
    const total = new ReadCounts();
    for (const path of paths) {
      const scan = path === '-' ? null : await scanSources([path], config.source, false);
      errors.push(...(scan?.errors.values() ?? []));
      if (scan?.files.length === 0 && scan.errors.size === 0) {
        errors.push(new SluiceError('SOURCE_UNREADABLE', `No file in ${path} is called what source.include names.`));
      }
      for (const file of scan?.files ?? ['-' as const]) {
        if (options.signal?.aborted === true) break;
        const { counts, ...summary } = await readFile(file, run);
        total.add(counts);
        files.push(summary);
        if (summary.error !== null) errors.push(summary.error);
      }
    }
    await queue.drain();
    return { ...totalsOf(total, clock.now() - startedAtMs), files, errors, aborted: options.signal?.aborted === true };
  }

  async function readFile(file: SourceFile | '-', run: Run): Promise<FileSummary & { counts: ReadCounts }> {
    const startedAtMs = clock.now();
    const counts = new ReadCounts();
    const name = file === '-' ? file : file.path;
    const ended = (format: string | null, error: SluiceError | null, leftOut = false): FileSummary & { counts: ReadCounts } => ({
      file: name,
      format,
      leftOut,
      error,
      ...totalsOf(counts, clock.now() - startedAtMs),
      counts,
    });

    let opened: OnceFile;
    try {
      opened = await openOnce(file, { registry: run.registry, sourceId: config.sourceId, stdin: deps.stdin });
    } catch (error) {
      return ended(null, unreadable(name, error));
    }
    const close = (): void => void opened.close().catch(() => undefined);
    run.options.signal?.addEventListener('abort', close, { once: true });
    try {
      const choice = chooseFormat(name, opened, run.options.force);
      if (choice instanceof SluiceError) {
        // Of a folder only what is an access log is meant.
        if (file === '-' || file.found !== 'folder') return ended(null, choice);
        logger.warn(`${choice.message} It is left out.`, { file: name });
        return ended(null, null, true);
      }
      return ended(choice.name, await readContent(name, opened, choice, counts, run));
    } finally {
      run.options.signal?.removeEventListener('abort', close);
      await opened.close().catch(() => undefined);
    }
  }

  function chooseFormat(name: string, { head }: OnceFile, force: boolean): LineParser | SluiceError {
    const choice = parts.formats.choose(sampleOf(head.bytes, head.ended, maxLineBytes));
    if (choice.fits) return choice.parser;
    if (force) return choice.parser ?? parts.formats.forced;
    const found = choice.parser === null ? 'is in no log format that is known' : `is for the most part not in the format ${choice.parser.name}`;
    const fitting = choice.candidates.length === 0 ? 'None of the known ones fits.' : `What fits: ${choice.candidates.join(', ')}.`;
    const message = `${name} ${found}. ${fitting}`;
    return new SluiceError('LOG_FORMAT_UNKNOWN', message, { data: { file: name, candidates: choice.candidates } });
  }

  /** Reads to the end. Returns what was wrong with the file; throws when publishing failed. */
  async function readContent(name: string, file: OnceFile, parser: LineParser, counts: ReadCounts, run: Run): Promise<SluiceError | null> {
    const { signal, onProgress } = run.options;
    const splitter = new LineSplitter(maxLineBytes, 0);
    const taken = { key: file.key, logFile: name, parser, tracker: null, counts, lastCheck: null };
    for (;;) {
      let result;
      try {
        result = await file.reader.read();
      } catch (error) {
        return signal?.aborted === true ? null : unreadable(name, error);
      }
      if (result.kind === 'bytes') {
        splitter.push(result.chunk);
        if (!(await run.intake.takeLines(taken, splitter, signal))) return null;
        onProgress?.({ file: name, bytesRead: file.reader.fileBytesRead, bytesTotal: file.sizeBytes, lines: counts.lines });
        continue;
      }
      if (result.kind === 'changed') return new SluiceError('SOURCE_UNREADABLE', `${name} was truncated while it was read.`);
      // The cut line of a damaged file is no line; its whole form may be in another copy.
      if (result.kind === 'idle' || result.end === 'complete') {
        await run.intake.takeLastLine(taken, splitter);
        return null;
      }
      if (signal?.aborted === true) return null;
      return new SluiceError('SOURCE_CORRUPT', `${name}: ${result.message}; ${counts.lines} lines before that were read.`);
    }
  }

  return { readFiles };
}

function totalsOf({ lines, bytes, events, deadLetters, dropped }: ReadCounts, elapsedMs: number): ReadTotals {
  return { lines, bytes, events, deadLetters, dropped, seconds: elapsedMs / 1000 };
}
