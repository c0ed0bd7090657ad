import type { Clock, Geo, GeoLookup, SharedState } from '@sluice/ports';

const nowhere: Geo = { country: null, countryCode: null, city: null, location: null, asn: null, asOrganization: null };

/** Creates a look-up over a table of addresses; fields left out are null. */
export function createFakeGeo(table: Readonly<Record<string, Partial<Geo>>>): GeoLookup {
  const places = new Map(Object.entries(table).map(([ip, geo]) => [ip, { ...nowhere, ...geo }]));
  return { lookup: (ip) => places.get(ip) ?? null };
}

/** Creates counters that follow the contract on the given clock; they are never under memory pressure. */
export function createFakeSharedState(clock: Clock): SharedState {
  const counters = new Map<string, { value: number; endsAtMs: number }>();
  return {
    increment: (key, by, windowSeconds) => {
      const nowMs = clock.now();
      const found = counters.get(key);
      const counter = found === undefined || found.endsAtMs <= nowMs ? { value: 0, endsAtMs: nowMs + windowSeconds * 1000 } : found;
      counter.value += by;
      counters.set(key, counter);
      return Promise.resolve(counter.value);
    },
    close: () => Promise.resolve(),
  };
}
