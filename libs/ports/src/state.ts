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

/** Counters with a time window, per process or shared by replicas through Redis. */
export interface SharedState {
  /**
   * Adds to the counter of `key` and returns its new value; a counter disappears `windowSeconds` after its first increment.
   * Invariant: memory is bounded; under pressure the least recently used counters are forgotten.
   */
  increment(key: string, by: number, windowSeconds: number): Promise<number>;
  close(): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
