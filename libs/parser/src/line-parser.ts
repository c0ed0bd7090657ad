/**
 * What every parser of this library looks like from outside, and how a line that does not fit is answered.
 */
import type { LogEvent } from '@sluice/event';

export interface LineParser {
  /** Nickname of the format, the name its directive gave it, or `custom`. */
  readonly name: string;
  /** The LogFormat string it was compiled from; `json` for generic JSON lines; several joined by ` | `. */
  readonly format: string;
  /**
   * Reads one line.
   *
   * Shape: a line without its line end, one character per byte (`latin1`) -> an event, or why the line does not fit.
   * A trailing carriage return is tolerated. `event_id`, `source`, `log_file` and `log_offset` are empty; whoever knows
   * the origin fills them in. Every event of one parser has the same shape.
   * Errors: never throws, whatever the line holds.
   * Cost: linear in the length of the line.
   */
  parse(line: string): LogEvent | LineRefusal;
}

const foundLength = 24;

/** Why a line was refused: the place, and what the format has there. */
export class LineRefusal {
  /** 1-based; one past the end when the line is cut short. */
  readonly column: number;
  /** What the format asks for at that column. */
  readonly expected: string;

  readonly #found: string | null;

  constructor(line: string, position: number, expected: string) {
    this.column = Math.min(position, line.length) + 1;
    this.expected = expected;
    this.#found = position < line.length ? printable(line.slice(position, position + foundLength)) : null;
  }

  /** One short sentence of printable ASCII, whatever the line holds. */
  get message(): string {
    return this.#found === null
      ? `the line ends at column ${this.column}, expected ${this.expected}`
      : `column ${this.column}: expected ${this.expected}, found '${this.#found}'`;
  }
}

/** The text with everything but printable ASCII replaced by `?`. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
