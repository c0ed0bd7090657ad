/**
 * Lets an identical warning through once per window and counts the others: a store that is down for an hour is a
 * handful of lines, not a full disk.
 */
import type { LogLine } from './log-line.ts';

interface Repeats {
  readonly line: LogLine;
  readonly untilMs: number;
  suppressed: number;
}

const maxKinds = 500;

export class RepeatLimiter {
  readonly #windowMs: number;
  readonly #now: () => number;
  /** In the order their windows end. */
  readonly #seen = new Map<string, Repeats>();

  constructor(windowMs: number, now: () => number) {
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /**
   * The lines to write now: this one unless its like was written within the window, with the count of those left out;
   * before it, summaries of others whose window is over. Identical is level, logger and message; data may differ.
   */
  pass(line: LogLine): LogLine[] {
    const key = `${line.level}\n${line.logger}\n${line.message}`;
    const nowMs = this.#now();
    const known = this.#seen.get(key);
    if (known !== undefined && nowMs < known.untilMs) {
      known.suppressed++;
      return [];
    }
    this.#seen.delete(key);
    const lines = this.#expire(nowMs);
    this.#seen.set(key, { line, untilMs: nowMs + this.#windowMs, suppressed: 0 });
    lines.push(known !== undefined && known.suppressed > 0 ? { ...line, repeated: known.suppressed } : line);
    return lines;
  }

  /** Summaries of all that was left out and not said yet. */
  flush(): LogLine[] {
    return this.#expire(Infinity);
  }

  #expire(nowMs: number): LogLine[] {
    const lines: LogLine[] = [];
    for (const [key, { line, untilMs, suppressed }] of this.#seen) {
      if (nowMs < untilMs && this.#seen.size < maxKinds) break;
      this.#seen.delete(key);
      if (suppressed > 0) lines.push({ ...line, repeated: suppressed });
    }
    return lines;
  }
}
