/**
 * How many chunks may be in work over all partitions together.
 */
export interface Permits {
  /** Resolves with true when it is the caller's turn, with false when the signal aborts first. Who got true must release. */
  acquire(signal: AbortSignal): Promise<boolean>;
  release(): void;
}

/** Builds `count` permits, given in the order they were asked for. */
export function createPermits(count: number): Permits {
  const waiting = new Set<(isMine: boolean) => void>();
  let free = count;
  return {
    acquire: (signal) => {
      if (signal.aborted) return Promise.resolve(false);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const settle = (isMine: boolean): void => {
          waiting.delete(settle);
          signal.removeEventListener('abort', onAbort);
          resolve(isMine);
        };
        const onAbort = (): void => settle(false);
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.add(settle);
      });
    },
    release: () => {
      const [next] = waiting;
      if (next === undefined) free += 1;
      else next(true);
    },
  };
}
