/**
 * The loop of follow mode. It takes turns: look for files when it is time, read on in each, older generations of a log
 * before newer ones, end what is done, wait for something to happen. Reading pauses by itself while the publisher is behind.
 */
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDiscovery } from './follow-discovery.ts';
import { createIdentifier } from './follow-identify.ts';
import { createFollowPass } from './follow-pass.ts';
import { createFolderWatch } from './folder-watch.ts';
import { inodeKey } from './followed-file.ts';
import { createReadBuffer } from './plain-reader.ts';
import { unreadable } from './source-scanner.ts';

import type { FollowedFile, FollowState } from './followed-file.ts';
import type { FormatChooser } from './format-choice.ts';
import type { LineIntake } from './line-intake.ts';
import type { PublishQueue } from './publish-queue.ts';
import type { ReadCounts } from './read-counts.ts';
import type { SourceConfig } from '@sluice/config';
import type { SluiceError } from '@sluice/errors';
import type { Clock, IngestionTelemetry, Logger } from '@sluice/ports';

export interface FollowTiming {
  /** How long a rotated or deleted file is read for late lines after its last change; then it is closed. */
  readonly rotationGraceMs: number;
  /** How long a compressed file must be unchanged before it is opened. */
  readonly compressedSettleMs: number;
  /** How often the folders are looked at besides file system events. */
  readonly scanIntervalMs: number;
}

export interface FollowLoopDeps {
  readonly state: FollowState;
  readonly intake: LineIntake;
  readonly queue: PublishQueue;
  readonly formats: FormatChooser;
  readonly telemetry: IngestionTelemetry;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly counts: (source: string) => ReadCounts;
  /** A file was read to its end: the checkpoint has something new to say. */
  readonly onFinished: () => void;
  /** Null: the trouble is over. */
  readonly onError: (source: string, error: SluiceError | null) => void;
}

export interface FollowLoop {
  /** Looks at all paths once. */
  discover(): Promise<void>;
  /** Reads until `stop`; rejects when publishing failed for good. Every file is closed then. */
  run(): Promise<void>;
  /** Reading ends after the step it is in. */
  stop(): void;
}

const maxOpenFiles = 256;
/** Up to here every file is looked at every time; with more, those that events name or that changed lately. */
const fewFiles = 64;
const lookAtAllMs = 1000;
const latelyMs = 10_000;
const budgetBytes = 4_194_304;
/** Between two looks, so that lines of a busy file are read in handfuls and not one by one. */
const breathMs = 15;
/** Looking at large folders takes its time; it takes at most one part in this many. */
const scanShare = 20;

/** Builds the loop; it touches nothing before `discover`. */
export function createFollowLoop(config: SourceConfig, timing: FollowTiming, deps: FollowLoopDeps): FollowLoop {
  const { state, queue, clock, logger, telemetry } = deps;
  const reading = new AbortController();
  const watch = createFolderWatch(logger);
  const identifier = createIdentifier({
    ...deps,
    maxLineBytes: config.max_line_bytes,
    readBuffer: createReadBuffer(),
    isPresent: (generation) => discovery.isPresent(generation),
  });
  const discovery = createDiscovery({ ...timing, paths: config.paths, patterns: config, maxOpenFiles }, { ...deps, identifier });
  const pass = createFollowPass({ ...timing, budgetBytes }, { ...deps, identifier });
  let nextScanAtMs = 0;
  let allLookedAtMs = 0;

  async function discover(): Promise<void> {
    const startedAtMs = clock.now();
    state.scanDue = false;
    const folders = await discovery.discover();
    const open = [...state.active.values()];
    watch.setFolders([...folders, ...open.map((file) => dirname(file.found.realPath))]);
    if (isScanRequested()) await parkIdle(open);
    const endedAtMs = clock.now();
    nextScanAtMs = endedAtMs + Math.max(timing.scanIntervalMs, (endedAtMs - startedAtMs) * scanShare);
    telemetry.filesWatched(state.active.size);
  }

  function isScanRequested(): boolean {
    return state.scanDue;
  }

  /** Closes files that rest, so that others can be opened. */
  async function parkIdle(open: readonly FollowedFile[]): Promise<void> {
    for (const file of open) {
      if (!file.atEnd || clock.now() - file.changedAtMs < latelyMs || file.gone !== null) continue;
      if (file.generation !== null) file.generation.finished = { sizeBytes: file.sizeBytes, modifiedAtMs: file.modifiedAtMs };
      await pass.close(file);
    }
  }

  /** Reads on in all files that may have more: `more` when one surely has, `some` when there was something. */
  async function readAll(named: ReadonlySet<string>): Promise<'more' | 'some' | 'nothing'> {
    const nowMs = clock.now();
    const all = state.active.size <= fewFiles || nowMs - allLookedAtMs >= lookAtAllMs;
    if (all) allLookedAtMs = nowMs;
    const files = [...state.active.values()].sort((a, b) => sequenceOf(a) - sequenceOf(b));
    const unfinishedLogs = new Set<string>();
    for (const file of files) {
      if (reading.signal.aborted) return 'nothing';
      const { path, realPath, folder, base } = file.found;
      const isDue = all || !file.atEnd || nowMs - file.changedAtMs < latelyMs || named.has(path) || named.has(realPath);
      const log = `${folder}/${base}`;
      if (!isDue || unfinishedLogs.has(log)) continue;
      if ((await readOne(file)) === 'more') unfinishedLogs.add(log);
    }
    telemetry.bytesBehind(bytesBehind(files));
    if (unfinishedLogs.size > 0) return 'more';
    return files.some((file) => file.changedAtMs >= nowMs) ? 'some' : 'nothing';
  }

  async function readOne(file: FollowedFile): Promise<'more' | 'idle'> {
    try {
      const result = await pass.readOn(file, reading.signal);
      if (result === 'idle' && state.active.has(inodeKey(file.device, file.inode))) await pass.endWhenDone(file);
      return result;
    } catch (error) {
      if (queue.failure !== null) throw error;
      const trouble = unreadable(file.found.path, error);
      deps.onError(file.found.source, trouble);
      logger.warn(`${trouble.message} It is opened again.`, { code: trouble.code, path: file.found.path });
      await pass.close(file).catch(() => undefined);
      return 'idle';
    }
  }

  function isScanDue(paths: ReadonlySet<string>, namesChanged: boolean): boolean {
    if (state.scanDue || namesChanged || clock.now() >= nextScanAtMs) return true;
    for (const path of paths) if (discovery.isWaitedFor(path)) return true;
    return false;
  }

  async function run(): Promise<void> {
    try {
      while (!reading.signal.aborted) {
        const { paths, namesChanged } = watch.takeEvents();
        if (isScanDue(paths, namesChanged)) await discover();
        const found = await readAll(paths);
        if (found === 'more') continue;
        if (found === 'some') await sleep(breathMs);
        await watch.wait(isScanRequested() ? breathMs : config.poll_interval_ms);
        if (queue.failure !== null) throw queue.failure;
      }
    } finally {
      watch.close();
      for (const file of [...state.active.values()]) await pass.close(file).catch(() => undefined);
    }
  }

  return {
    discover,
    run,
    stop: () => {
      reading.abort();
      watch.wake();
    },
  };
}

/** A file that is not recognised yet is the newest. */
function sequenceOf(file: FollowedFile): number {
  return file.generation?.sequence ?? Number.MAX_SAFE_INTEGER;
}

export function bytesBehind(files: Iterable<FollowedFile>): number {
  let bytes = 0;
  for (const { sizeBytes, content } of files) bytes += Math.max(0, sizeBytes - (content?.reader.fileBytesRead ?? 0));
  return bytes;
}
