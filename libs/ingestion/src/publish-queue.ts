/**
 * Collects records of all files into batches and publishes them, several at a time, in order.
 *
 * Invariant: at most `max_workers` publishes with the bytes of a few large batches are in flight and at most one batch is being
 * filled, so memory is bounded however slow the publisher is; marks of a batch are finished only when the publisher acknowledged that batch.
 */
import { errorOf } from '@sluice/errors';

import type { OffsetTracker, PendingMark } from './offset-tracker.ts';
import type { PerformanceConfig } from '@sluice/config';
import type { Clock, IngestionTelemetry, OutgoingRecord, RecordPublisher } from '@sluice/ports';

export type PublishQueueConfig = Pick<PerformanceConfig, 'max_workers' | 'batch_size' | 'batch_bytes' | 'batch_age_ms'>;

export interface PublishQueueDeps {
  readonly publisher: RecordPublisher;
  readonly telemetry: Pick<IngestionTelemetry, 'batchPublished'>;
  readonly clock: Clock;
  /** Some mark moved: there is something to save. */
  readonly onAcknowledged: () => void;
}

export interface PublishQueue {
  /** Adds a record to the batch being filled. The caller asks `isFull` after each and awaits `makeRoom`. */
  add(record: OutgoingRecord, lineBytes: number): void;
  readonly isFull: boolean;
  /** Notes that the batch being filled completes what `tracker` has taken so far. */
  mark(tracker: OffsetTracker): void;
  /** Sends a full batch; resolves when another may be filled. Rejects when publishing failed for good. */
  makeRoom(): Promise<void>;
  /** Sends what there is; resolves when everything is acknowledged. Rejects when publishing failed for good. */
  drain(): Promise<void>;
  /** Gives up on what is in flight: nothing of it is acknowledged any more. */
  abort(): void;
  readonly inFlight: number;
  /** The error that ended publishing; null while it works. */
  readonly failure: Error | null;
}

/** Batches of the largest size that may be unacknowledged: many small ones are no more in bytes. */
const largeBatches = 4;

interface Batch {
  readonly records: OutgoingRecord[];
  readonly trackers: Set<OffsetTracker>;
  lineBytes: number;
  readAtMs: number;
}

/** Builds the queue. Publishing begins with the first full or aged batch. */
export function createPublishQueue(config: PublishQueueConfig, deps: PublishQueueDeps): PublishQueue {
  const aborted = new AbortController();
  let batch = emptyBatch();
  let ageTimer: NodeJS.Timeout | null = null;
  let inFlight = 0;
  let bytesInFlight = 0;
  let failure: Error | null = null;
  let waiting: (() => void)[] = [];

  const hasRoom = (): boolean => inFlight < config.max_workers && bytesInFlight < largeBatches * config.batch_bytes;
  const isFull = (): boolean => batch.records.length >= config.batch_size || batch.lineBytes >= config.batch_bytes;

  function armAge(): void {
    ageTimer ??= setTimeout(() => {
      ageTimer = null;
      if (hasRoom()) send();
      // Else the batch goes on filling and leaves with the next acknowledgement.
    }, config.batch_age_ms);
  }

  function send(): void {
    if (failure !== null || (batch.records.length === 0 && batch.trackers.size === 0)) return;
    if (ageTimer !== null) clearTimeout(ageTimer);
    ageTimer = null;
    const sent = batch;
    batch = emptyBatch();
    const pending: [OffsetTracker, PendingMark][] = [];
    for (const tracker of sent.trackers) pending.push([tracker, tracker.begin()]);
    if (sent.records.length === 0) {
      finish(pending);
      return;
    }
    inFlight += 1;
    bytesInFlight += sent.lineBytes;
    void publish(sent, pending).then(() => settle(sent.lineBytes));
  }

  async function publish(sent: Batch, pending: [OffsetTracker, PendingMark][]): Promise<void> {
    const startedAtMs = deps.clock.now();
    const records = sent.records.length;
    try {
      await deps.publisher.publish(sent.records, { readAtMs: sent.readAtMs, signal: aborted.signal });
    } catch (error) {
      if (failure !== null) return;
      failure = errorOf(error);
      return;
    }
    deps.telemetry.batchPublished(records, sent.lineBytes, (deps.clock.now() - startedAtMs) / 1000);
    finish(pending);
  }

  function finish(pending: [OffsetTracker, PendingMark][]): void {
    let moved = false;
    for (const [tracker, mark] of pending) moved = tracker.finish(mark) || moved;
    if (moved) deps.onAcknowledged();
  }

  function settle(lineBytes: number): void {
    inFlight -= 1;
    bytesInFlight -= lineBytes;
    // The age of the batch being filled has passed while there was no room.
    if (ageTimer === null && hasRoom()) send();
    wakeWaiting();
  }

  function wakeWaiting(): void {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  async function until(condition: () => boolean): Promise<void> {
    while (failure === null && !condition()) await new Promise<void>((resolve) => waiting.push(resolve));
    if (failure !== null) throw failure;
  }

  return {
    add: (record, lineBytes) => {
      if (batch.records.length === 0) {
        batch.readAtMs = deps.clock.now();
        armAge();
      }
      batch.records.push(record);
      batch.lineBytes += lineBytes;
    },
    get isFull() {
      return isFull();
    },
    mark: (tracker) => {
      batch.trackers.add(tracker);
      if (batch.records.length === 0) armAge();
    },
    makeRoom: async () => {
      await until(hasRoom);
      if (isFull()) send();
    },
    drain: async () => {
      await until(hasRoom);
      send();
      await until(() => inFlight === 0);
    },
    abort: () => {
      if (ageTimer !== null) clearTimeout(ageTimer);
      failure ??= new Error('Publishing was aborted.');
      aborted.abort(failure);
      wakeWaiting();
    },
    get inFlight() {
      return inFlight;
    },
    get failure() {
      return failure;
    },
  };
}

function emptyBatch(): Batch {
  return { records: [], trackers: new Set(), lineBytes: 0, readAtMs: 0 };
}
