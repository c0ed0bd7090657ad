/**
 * Follow mode and its life: loads the checkpoint, reads until stopped, and saves what was acknowledged.
 */
import { createCheckpointSaver } from './checkpoint-saver.ts';
import { bytesBehind, createFollowLoop } from './follow-loop.ts';
import { createGenerationRegistry } from './generation-registry.ts';
import { createLineIntake } from './line-intake.ts';
import { createPublishQueue } from './publish-queue.ts';
import { createRateGate } from './rate-gate.ts';
import { ReadCounts } from './read-counts.ts';

import type { CheckpointStore } from './checkpoint-store.ts';
import type { FollowLoop, FollowTiming } from './follow-loop.ts';
import type { FollowState } from './followed-file.ts';
import type { FormatChooser } from './format-choice.ts';
import type { IngestionConfig, IngestionDeps, IngestionStatus } from './pipeline.ts';
import type { SluiceError } from '@sluice/errors';

export interface FollowerTiming extends FollowTiming {
  readonly checkpointIntervalMs: number;
}

export const usualTiming: FollowerTiming = {
  rotationGraceMs: 10_000,
  compressedSettleMs: 2000,
  scanIntervalMs: 4000,
  checkpointIntervalMs: 500,
};

export interface Follower {
  /** Resolves once the first look at all paths is done. Call once. */
  start(): Promise<void>;
  /** Resolves after `stop`; rejects when publishing failed for good. */
  readonly ended: Promise<void>;
  stop(deadlineMs: number): Promise<void>;
  status(): IngestionStatus;
}

/** Builds the follower; it touches nothing before `start`. */
export function createFollower(
  config: IngestionConfig,
  timing: FollowerTiming,
  deps: IngestionDeps,
  parts: { readonly store: CheckpointStore; readonly formats: FormatChooser },
): Follower {
  const { clock, telemetry } = deps;
  const logger = deps.logger.named('ingestion');
  const queue = createPublishQueue(config.performance, {
    publisher: deps.publisher,
    telemetry,
    clock,
    onAcknowledged: () => running?.saver.request(),
  });
  const gate = createRateGate(config.performance, { telemetry, clock, state: deps.state });
  const intakeConfig = { sourceId: config.sourceId, rateLimitDeadLetters: config.performance.rate_limit_dead_letters };
  const intake = createLineIntake(intakeConfig, { queue, gate, telemetry, clock });
  const counts = new Map<string, ReadCounts>();
  const lastErrors = new Map<string, SluiceError>();
  const ended = Promise.withResolvers<undefined>();
  // Whoever asks for `ended` sees the error; that nobody asks is no crash.
  ended.promise.catch(() => undefined);
  let running: { readonly state: FollowState; readonly loop: FollowLoop; readonly saver: ReturnType<typeof createCheckpointSaver> } | null = null;
  let stopping: Promise<void> | null = null;

  async function start(): Promise<void> {
    const checkpoint = await parts.store.load();
    if (isStopping()) return;
    const registry = createGenerationRegistry(checkpoint, config.sourceId, clock);
    const state: FollowState = { registry, active: new Map(), aside: new Map(), startedPaths: new Set(checkpoint.startedPaths), scanDue: false };
    const saver = createCheckpointSaver(parts.store, () => registry.toCheckpoint(state.startedPaths), timing.checkpointIntervalMs, logger);
    const loop = createFollowLoop(config.source, timing, {
      state,
      intake,
      queue,
      formats: parts.formats,
      telemetry,
      logger,
      clock,
      counts: countsOf,
      onFinished: () => saver.request(),
      onError,
    });
    running = { state, loop, saver };
    try {
      await loop.discover();
    } catch (error) {
      ended.reject(error);
      throw error;
    }
    // What is there is remembered before anything else: after a crash in the next moment and a rotation, the rotated log is
    // one that was followed, not one from before.
    saver.request();
    await saver.flush();
    loop.run().then(() => ended.resolve(undefined), ended.reject);
  }

  function isStopping(): boolean {
    return stopping !== null;
  }

  function countsOf(source: string): ReadCounts {
    const known = counts.get(source) ?? new ReadCounts();
    counts.set(source, known);
    return known;
  }

  function onError(source: string, error: SluiceError | null): void {
    if (error === null) lastErrors.delete(source);
    else lastErrors.set(source, error);
  }

  async function finish(deadlineMs: number): Promise<void> {
    if (running === null) {
      ended.resolve(undefined);
      return;
    }
    running.loop.stop();
    const deadline = setTimeout(() => {
      logger.warn('Not everything was acknowledged in time; it is read again at the next start.', { batchesInFlight: queue.inFlight });
      queue.abort();
    }, deadlineMs);
    await ended.promise.catch(() => undefined);
    await queue.drain().catch(() => undefined);
    clearTimeout(deadline);
    running.saver.stop();
    running.saver.request();
    await running.saver.flush();
  }

  function status(): IngestionStatus {
    const active = [...(running?.state.active.values() ?? [])];
    const sources = config.source.paths.map((path) => {
      const files = active.filter((file) => file.found.source === path);
      const { code, message } = lastErrors.get(path) ?? { code: null, message: null };
      return {
        path,
        files: files.length,
        bytesBehind: bytesBehind(files),
        linesRead: counts.get(path)?.lines ?? 0,
        lastError: code === null ? null : { code, message },
      };
    });
    const phase = stopping !== null ? 'stopping' : queue.failure !== null ? 'failed' : running === null ? 'idle' : 'following';
    return { phase, sources, batchesInFlight: queue.inFlight };
  }

  return {
    start,
    ended: ended.promise,
    stop: (deadlineMs) => (stopping ??= finish(deadlineMs)),
    status,
  };
}
