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
  const sessions = new Map<string, { startMs: number; lastMs: number }>();
  const texts = new Map<string, { text: string; endsAtMs: number }>();
  return {
    increment: (key, by, windowSeconds) => {
      const nowMs = clock.now();
      const found = counters.get(key);
      const counter = found === undefined || found.endsAtMs <= nowMs ? { value: 0, endsAtMs: nowMs + windowSeconds * 1000 } : found;
      counter.value += by;
      counters.set(key, counter);
      return Promise.resolve(counter.value);
    },
    sessions: (visits, idleSeconds) =>
      Promise.resolve(
        visits.map(({ key, atMs }) => {
          const session = sessions.get(key);
          const continues = session !== undefined && atMs >= session.startMs - idleSeconds * 1000 && atMs <= session.lastMs + idleSeconds * 1000;
          if (continues) session.lastMs = Math.max(session.lastMs, atMs);
          else if (session === undefined || atMs > session.lastMs) sessions.set(key, { startMs: atMs, lastMs: atMs });
          return continues ? session.startMs : atMs;
        }),
      ),
    remember: (key, text, seconds) => {
      texts.set(key, { text, endsAtMs: clock.now() + seconds * 1000 });
      return Promise.resolve();
    },
    recall: (key) => {
      const kept = texts.get(key);
      return Promise.resolve(kept !== undefined && kept.endsAtMs > clock.now() ? kept.text : null);
    },
    close: () => Promise.resolve(),
  };
}
