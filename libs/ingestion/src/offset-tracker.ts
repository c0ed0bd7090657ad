/**
 * How far one file generation is read, and how far it is safe.
 *
 * Invariant: `acknowledged` is the highest mark below which every line is acknowledged downstream. Publishes overlap and
 * may end in any order, so a mark that is done waits until all marks begun before it are done too. A checkpoint that
 * holds `acknowledged` can repeat lines after a crash, and can never skip one.
 */

/** The last line before an offset: proof, when the file is opened again, that it is still the same one. */
export interface LineCheck {
  readonly offset: number;
  readonly bytes: number;
  readonly crc32: number;
}

/** A place between two lines. */
export interface Mark {
  /** Bytes before the next line in the (decompressed) file. */
  readonly offset: number;
  readonly check: LineCheck | null;
}

export interface PendingMark {
  readonly mark: Mark;
  done: boolean;
}

export class OffsetTracker {
  #acknowledged: Mark;
  #taken: Mark;
  readonly #pending: PendingMark[] = [];

  constructor(start: Mark) {
    this.#acknowledged = start;
    this.#taken = start;
  }

  get acknowledged(): Mark {
    return this.#acknowledged;
  }

  /** How far lines were read, whether they are published yet or not; reading goes on here. */
  get taken(): Mark {
    return this.#taken;
  }

  /** True when everything taken is acknowledged. */
  get settled(): boolean {
    return this.#acknowledged === this.#taken;
  }

  /** Notes that the lines up to `mark` were read. In file order. */
  take(mark: Mark): void {
    this.#taken = mark;
  }

  /** Notes that everything taken so far is in work. */
  begin(): PendingMark {
    const pending = { mark: this.#taken, done: false };
    this.#pending.push(pending);
    return pending;
  }

  /** Notes that the work of one mark is durable; true when `acknowledged` moved. */
  finish(pending: PendingMark): boolean {
    pending.done = true;
    let moved = false;
    for (let first = this.#pending[0]; first?.done === true; first = this.#pending[0]) {
      this.#acknowledged = first.mark;
      this.#pending.shift();
      moved = true;
    }
    return moved;
  }
}

export const startOfFile: Mark = Object.freeze({ offset: 0, check: null });
