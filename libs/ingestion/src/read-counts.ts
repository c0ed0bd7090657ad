/**
 * What became of the lines of one file. Counts are kept per line and handed to telemetry per step.
 */
import type { DeadLetterReason, DropReason } from '@sluice/event';
import type { IngestionTelemetry } from '@sluice/ports';

export class ReadCounts {
  lines = 0;
  bytes = 0;
  events = 0;
  /** By reason; a reason that did not occur is absent. */
  readonly deadLetters: Partial<Record<DeadLetterReason, number>> = {};
  readonly dropped: Partial<Record<DropReason, number>> = {};
  readonly #unreportedLetters = new Map<DeadLetterReason, number>();
  readonly #unreportedDrops = new Map<DropReason, number>();

  deadLetter(reason: DeadLetterReason): void {
    this.deadLetters[reason] = (this.deadLetters[reason] ?? 0) + 1;
    this.#unreportedLetters.set(reason, (this.#unreportedLetters.get(reason) ?? 0) + 1);
  }

  drop(reason: DropReason): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    this.#unreportedDrops.set(reason, (this.#unreportedDrops.get(reason) ?? 0) + 1);
  }

  /** Tells telemetry what was counted since the last time. */
  flush(telemetry: Pick<IngestionTelemetry, 'linesDeadLettered' | 'linesDropped'>): void {
    if (this.#unreportedLetters.size > 0) {
      for (const [reason, count] of this.#unreportedLetters) telemetry.linesDeadLettered(reason, count);
      this.#unreportedLetters.clear();
    }
    if (this.#unreportedDrops.size > 0) {
      for (const [reason, count] of this.#unreportedDrops) telemetry.linesDropped(reason, count);
      this.#unreportedDrops.clear();
    }
  }

  add(other: ReadCounts): void {
    this.lines += other.lines;
    this.bytes += other.bytes;
    this.events += other.events;
    addCounts(this.deadLetters, other.deadLetters);
    addCounts(this.dropped, other.dropped);
  }
}

function addCounts<Reason extends string>(into: Partial<Record<Reason, number>>, from: Readonly<Partial<Record<Reason, number>>>): void {
  for (const reason of Object.keys(from) as Reason[]) into[reason] = (into[reason] ?? 0) + (from[reason] ?? 0);
}
