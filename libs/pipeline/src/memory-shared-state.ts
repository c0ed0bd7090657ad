/**
 * Counters with a time window inside one process: what alerts count by when no Redis is configured.
 */
import type { Clock, SharedState } from '@sluice/ports';

/** Enough for the clients of a busy day; a counter takes about 150 bytes. */
const maxCounters = 100_000;

interface Counter {
  value: number;
  expiresAtMs: number;
}

/** Builds SharedState that forgets the least recently used counters beyond 100,000. */
export function createMemorySharedState(clock: Clock): SharedState {
  // A Map keeps insertion order: re-inserting on use makes its first key the least recently used one.
  const counters = new Map<string, Counter>();
  return {
    increment(key, by, windowSeconds) {
      const nowMs = clock.now();
      let counter = counters.get(key);
      counters.delete(key);
      if (counter === undefined || counter.expiresAtMs <= nowMs) counter = { value: 0, expiresAtMs: nowMs + windowSeconds * 1000 };
      counter.value += by;
      counters.set(key, counter);
      if (counters.size > maxCounters) {
        const [oldest] = counters.keys();
        if (oldest !== undefined) counters.delete(oldest);
      }
      return Promise.resolve(counter.value);
    },
    close: () => Promise.resolve(),
  };
}
