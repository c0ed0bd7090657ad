/**
 * Lookups and state that enrichment and detection are given, so that they stay pure.
 */
export interface Geo {
  readonly country: string | null;
  readonly countryCode: string | null;
  readonly city: string | null;
  readonly location: { readonly lat: number; readonly lon: number } | null;
  readonly asn: number | null;
  readonly asOrganization: string | null;
}

export interface GeoLookup {
  /** Synchronous; null for an address that is unknown, private or not an address. Never throws. */
  lookup(ip: string): Geo | null;
  /** Changes when answers may differ from before (a database was replaced); whoever remembers answers forgets them then. */
  readonly revision?: number;
}

/** State with a lifetime, of one process or shared by replicas through Redis. */
export interface SharedState {
  /**
   * Adds to the counter of `key` and returns its new value; a counter disappears `windowSeconds` after its first increment.
   * Invariant: memory is bounded; under pressure the least recently used counters are forgotten.
   * Errors: never rejects; without its server it counts in this process.
   */
  increment(key: string, by: number, windowSeconds: number): Promise<number>;
  /**
   * The session each visit belongs to, as the time of the session's first visit in ms since the epoch.
   *
   * Shape: visits in any order -> starts, aligned. A visit more than `idleSeconds` after the last one of its key begins a
   * session; one that is older than the session by more than that stands alone. Times are those of the log.
   * Errors: never rejects, as above.
   */
  sessions(visits: readonly Visit[], idleSeconds: number): Promise<number[]>;
  /**
   * Keeps a short text, at most 1,000 bytes and not empty, under a key for others that share the state, for so many seconds: what was slow to get.
   * Invariant and errors as above; it may be forgotten early.
   */
  remember(key: string, text: string, seconds: number): Promise<void>;
  /** What is kept under the key, null when there is nothing. Whoever can write to the server can write it: check it. Never rejects. */
  recall(key: string): Promise<string | null>;
  close(): Promise<void>;
}

export interface Visit {
  /** Whoever visits; any text, of bounded length. */
  readonly key: string;
  readonly atMs: number;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
