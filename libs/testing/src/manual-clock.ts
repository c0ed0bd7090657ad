import type { Clock } from '@sluice/ports';

export interface ManualClock extends Clock {
  advance(ms: number): void;
  set(ms: number): void;
}

/** Creates a clock that stands still until told otherwise. */
export function createManualClock(startMs = Date.UTC(2026, 10, 22, 13, 55, 36)): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
    set: (ms) => {
      nowMs = ms;
    },
  };
}
