/**
 * Turns the lines of one chunk into records: an event, or a dead letter, or a counted drop, for every line in order.
 * This is the hot path: per line one string, one view for the checksum, one event.
 */
import { encodeRaw, formatEventId } from '@sluice/event';
import { LineRefusal } from '@sluice/parser';
import { crc32 } from 'node:zlib';

import type { LineSplitter } from './line-splitter.ts';
import type { LineCheck, OffsetTracker } from './offset-tracker.ts';
import type { PublishQueue } from './publish-queue.ts';
import type { RateGate } from './rate-gate.ts';
import type { ReadCounts } from './read-counts.ts';
import type { DeadLetter, DeadLetterReason } from '@sluice/event';
import type { LineParser } from '@sluice/parser';
import type { Clock, IngestionTelemetry } from '@sluice/ports';

export interface LineIntakeConfig {
  readonly sourceId: string;
  readonly rateLimitDeadLetters: boolean;
}

export interface LineIntakeDeps {
  readonly queue: PublishQueue;
  readonly gate: RateGate;
  readonly telemetry: Pick<IngestionTelemetry, 'linesReceived' | 'linesDeadLettered' | 'linesDropped' | 'rateLimitHits'>;
  readonly clock: Clock;
}

/** A file whose lines are taken in. */
export interface IntakeFile {
  readonly key: string;
  readonly logFile: string;
  readonly parser: LineParser;
  /** Null for a one-shot read, which keeps no checkpoint. */
  readonly tracker: OffsetTracker | null;
  readonly counts: ReadCounts;
  /** The last line that was checksummed. */
  lastCheck: LineCheck | null;
}

export interface LineIntake {
  /**
   * Takes all lines the splitter can show now; waits while the publisher is behind or the rate limit asks for it.
   * Resolves to false when `signal` aborted before the last line.
   */
  takeLines(file: IntakeFile, splitter: LineSplitter, signal?: AbortSignal): Promise<boolean>;
  /** Takes the last line that has no line end, if there is one: nothing will be added to it any more. */
  takeLastLine(file: IntakeFile, splitter: LineSplitter): Promise<void>;
}

/** Lines after which the event loop gets a turn even when nothing else is awaited. */
const turnLines = 2000;

export function createLineIntake(config: LineIntakeConfig, deps: LineIntakeDeps): LineIntake {
  const { queue, gate, telemetry } = deps;

  async function takeLines(file: IntakeFile, splitter: LineSplitter, signal?: AbortSignal): Promise<boolean> {
    for (;;) {
      if (signal?.aborted === true) return false;
      const taken = takeStep(file, splitter);
      if (queue.isFull) await queue.makeRoom();
      if (taken.lines > 0) await gate.pause(taken.lines, signal);
      if (taken.exhausted) return true;
      if (taken.lines === turnLines) await new Promise(setImmediate);
    }
  }

  /** Takes lines until the chunk, the batch or the step is at its end, and reports them. */
  function takeStep(file: IntakeFile, splitter: LineSplitter): { lines: number; exhausted: boolean } {
    const limit = Math.min(gate.stepLines, turnLines);
    const startOffset = splitter.nextOffset;
    let lines = 0;
    let exhausted = false;
    while (lines < limit && !queue.isFull) {
      if (!splitter.next()) {
        exhausted = true;
        break;
      }
      lines += 1;
      takeLine(file, splitter);
    }
    report(file, splitter, lines, splitter.nextOffset - startOffset);
    return { lines, exhausted };
  }

  function report(file: IntakeFile, splitter: LineSplitter, lines: number, bytes: number): void {
    if (lines === 0) return;
    telemetry.linesReceived(lines, bytes);
    file.counts.lines += lines;
    file.counts.bytes += bytes;
    file.counts.flush(telemetry);
    if (file.tracker === null) return;
    file.tracker.take({ offset: splitter.nextOffset, check: file.lastCheck });
    queue.mark(file.tracker);
  }

  function takeLine(file: IntakeFile, splitter: LineSplitter): void {
    const { start, end, offset } = splitter;
    if (splitter.tooLong) {
      const head = Buffer.from(splitter.bytes.subarray(start, end));
      const message = `The line has ${splitter.totalBytes} bytes; source.max_line_bytes keeps the first ${head.length}.`;
      setAside(file, 'line_too_long', message, null, head, offset, splitter.totalCrc32, splitter.totalBytes);
      return;
    }
    if (isBlank(splitter.bytes, start, end)) {
      file.counts.drop('blank');
      return;
    }
    const line = splitter.bytes.subarray(start, end);
    const checksum = crc32(line);
    file.lastCheck = { offset, bytes: line.length, crc32: checksum };
    if (!gate.admit()) {
      refuse(file, line, offset, checksum);
      return;
    }
    const event = file.parser.parse(line.toString('latin1'));
    if (event instanceof LineRefusal) {
      setAside(file, 'unparsable', event.message, event.column, line, offset, checksum, line.length);
      return;
    }
    event.event_id = formatEventId(file.key, offset, checksum);
    event.source = config.sourceId;
    event.log_file = file.logFile;
    event.log_offset = offset;
    file.counts.events += 1;
    queue.add({ kind: 'event', event }, line.length);
  }

  function refuse(file: IntakeFile, line: Buffer, offset: number, checksum: number): void {
    telemetry.rateLimitHits(1);
    if (!config.rateLimitDeadLetters) {
      file.counts.drop('rate_limited');
      return;
    }
    setAside(file, 'rate_limited', 'The line was over performance.rate_limit.', null, line, offset, checksum, line.length);
  }

  function setAside(
    file: IntakeFile,
    reason: DeadLetterReason,
    message: string,
    column: number | null,
    bytes: Buffer,
    offset: number,
    checksum: number,
    totalBytes: number,
  ): void {
    const letter: DeadLetter = {
      event_id: formatEventId(file.key, offset, checksum),
      reason,
      message,
      column,
      step: 'parse',
      origin: { source: config.sourceId, log_file: file.logFile, log_offset: offset },
      ...encodeRaw(bytes),
      raw_bytes: totalBytes,
      raw_crc32: (checksum + 0x1_0000_0000).toString(16).slice(1),
      failed_at: new Date(deps.clock.now()).toISOString(),
      attempts: 1,
    };
    file.counts.deadLetter(reason);
    queue.add({ kind: 'dead_letter', letter }, bytes.length);
  }

  return {
    takeLines,
    takeLastLine: async (file, splitter) => {
      const startOffset = splitter.nextOffset;
      if (!splitter.finish()) return;
      takeLine(file, splitter);
      report(file, splitter, 1, splitter.nextOffset - startOffset);
      if (queue.isFull) await queue.makeRoom();
    },
  };
}

/** Only spaces, tabs, returns and NUL bytes. Looks at one byte of nearly every line. */
export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== 32 && byte !== 9 && byte !== 13 && byte !== 0) return false;
  }
  return true;
}
