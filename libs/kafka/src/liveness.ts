/**
 * Signs of life of a consumer, and what their absence means.
 */
import type { Clock } from '@sluice/ports';

export interface Liveness {
  /** A fetch, a heartbeat, a join, or an attempt to get that far. */
  sign(): void;
  /** When the last sign was, in ms since the epoch; null before the first. */
  readonly lastAtMs: number | null;
  /** Milliseconds without a sign. */
  silentMs(): number;
}

export function createLiveness(clock: Clock): Liveness {
  const startedAtMs = clock.now();
  let lastAtMs: number | null = null;
  return {
    sign: () => {
      lastAtMs = clock.now();
    },
    get lastAtMs() {
      return lastAtMs;
    },
    silentMs: () => clock.now() - (lastAtMs ?? startedAtMs),
  };
}
