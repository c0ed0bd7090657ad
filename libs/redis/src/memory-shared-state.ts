/**
 * Shared state inside one process: what alerts and sessions count by when no Redis is configured, or while it is away.
 */
import type { Clock, SharedState, Visit } from '@sluice/ports';

/** Enough for the clients of a busy day; an entry takes about 150 bytes. */
const maxEntries = 100_000;

interface Counter {
  value: number;
  expiresAtMs: number;
}

interface KeptText {
  readonly text: string;
  readonly expiresAtMs: number;
}

interface Session {
  readonly startMs: number;
  lastMs: number;
}

/** Builds SharedState that forgets the least recently used counters, sessions and texts beyond 100,000 of each. */
export function createMemorySharedState(clock: Clock): SharedState {
  // A Map keeps insertion order: re-inserting on use makes its first key the least recently used one.
  const counters = new Map<string, Counter>();
  const sessions = new Map<string, Session>();
  const texts = new Map<string, KeptText>();
  return {
    increment(key, by, windowSeconds) {
      const nowMs = clock.now();
      let counter = counters.get(key);
      counters.delete(key);
      if (counter === undefined || counter.expiresAtMs <= nowMs) counter = { value: 0, expiresAtMs: nowMs + windowSeconds * 1000 };
      counter.value += by;
      keep(counters, key, counter);
      return Promise.resolve(counter.value);
    },
    sessions: (visits, idleSeconds) => Promise.resolve(visits.map((visit) => startOf(sessions, visit, idleSeconds * 1000))),
    remember(key, text, seconds) {
      texts.delete(key);
      keep(texts, key, { text, expiresAtMs: clock.now() + seconds * 1000 });
      return Promise.resolve();
    },
    recall(key) {
      const kept = texts.get(key);
      return Promise.resolve(kept === undefined || kept.expiresAtMs <= clock.now() ? null : kept.text);
    },
    close: () => Promise.resolve(),
  };
}

function startOf(sessions: Map<string, Session>, { key, atMs }: Visit, idleMs: number): number {
  const session = sessions.get(key);
  if (session !== undefined && atMs < session.startMs - idleMs) return atMs;
  sessions.delete(key);
  const current = session === undefined || atMs > session.lastMs + idleMs ? { startMs: atMs, lastMs: atMs } : session;
  current.lastMs = Math.max(current.lastMs, atMs);
  keep(sessions, key, current);
  return current.startMs;
}

function keep<T>(entries: Map<string, T>, key: string, entry: T): void {
  entries.set(key, entry);
  if (entries.size <= maxEntries) return;
  const [oldest] = entries.keys();
  if (oldest !== undefined) entries.delete(oldest);
}
