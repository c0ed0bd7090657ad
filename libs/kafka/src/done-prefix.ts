/**
 * How far a sequence of pieces is done without a gap.
 *
 * Invariant: `length` pieces from the first on are finished, whatever the order in which they were; only that may be
 * committed, because a commit says that everything below it is done.
 */
export interface DonePrefix {
  finish(index: number): void;
  readonly length: number;
}

export function createDonePrefix(): DonePrefix {
  const ahead = new Set<number>();
  let length = 0;
  return {
    finish: (index) => {
      if (index >= length) ahead.add(index);
      while (ahead.delete(length)) length += 1;
    },
    get length() {
      return length;
    },
  };
}
