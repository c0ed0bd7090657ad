/**
 * Counters of many clients in flat arrays: memory is decided by how many clients are watched, not by how many there are.
 * Counts leak away evenly over the window, so that a burst and a steady stream are told apart without a queue of times.
 */

/** Bits of the sketch that estimates how many different paths a client asked for. */
const sketchBits = 512;
const sketchWords = sketchBits / 32;

export const countedThings = ['requests', 'flagged', 'failedLogins'] as const;
export type CountedThing = (typeof countedThings)[number];

export interface ClientCounters {
  /** The client's place; a client that was not seen for longest loses its place to a new one. */
  placeOf(client: string): number;
  /** Adds one, after what has leaked away since the last time; returns the count. */
  add(place: number, thing: CountedThing, atMs: number): number;
  /** Notes a path and returns an estimate of how many different ones there were in the window. */
  addDistinct(place: number, hash: number, atMs: number): number;
  readonly size: number;
}

/** Creates counters for at most `clients` clients over a window. Cost: 120 bytes a client and its address. */
export function createClientCounters(clients: number, windowMs: number): ClientCounters {
  const places = new Map<string, number>();
  const counts = new Float64Array(clients * countedThings.length);
  const countedAtMs = new Float64Array(clients * countedThings.length);
  const sketches = new Uint32Array(clients * sketchWords);
  const sketchedAtMs = new Float64Array(clients);

  // Places in the order they were last asked for, as a ring through `end`: a Map that is reordered at every request costs ten times as much.
  const end = clients;
  const names: string[] = [];
  const next = new Uint32Array(clients + 1).fill(end);
  const previous = new Uint32Array(clients + 1).fill(end);

  const unlink = (place: number): void => {
    const [before = end, after = end] = [previous[place], next[place]];
    next[before] = after;
    previous[after] = before;
  };
  /** Behind all others: asked for last. */
  const link = (place: number): void => {
    const last = previous[end] ?? end;
    next[last] = place;
    previous[place] = last;
    next[place] = end;
    previous[end] = place;
  };
  const touch = (place: number): void => {
    if (next[place] === end) return;
    unlink(place);
    link(place);
  };

  const clear = (place: number): void => {
    counts.fill(0, place * countedThings.length, (place + 1) * countedThings.length);
    sketches.fill(0, place * sketchWords, (place + 1) * sketchWords);
    sketchedAtMs[place] = 0;
  };

  return {
    placeOf: (client) => {
      const known = places.get(client);
      if (known !== undefined) {
        touch(known);
        return known;
      }
      let place = places.size;
      if (place >= clients) {
        place = next[end] ?? 0;
        places.delete(names[place] ?? '');
        clear(place);
        unlink(place);
      }
      places.set(client, place);
      names[place] = client;
      link(place);
      return place;
    },
    add: (place, thing, atMs) => {
      const at = place * countedThings.length + countedThings.indexOf(thing);
      const elapsedMs = Math.max(0, atMs - (countedAtMs[at] ?? 0));
      const left = (counts[at] ?? 0) * Math.max(0, 1 - elapsedMs / windowMs);
      countedAtMs[at] = Math.max(atMs, countedAtMs[at] ?? 0);
      return (counts[at] = left + 1);
    },
    addDistinct: (place, hash, atMs) => {
      const from = place * sketchWords;
      if (atMs - (sketchedAtMs[place] ?? 0) > windowMs) {
        sketches.fill(0, from, from + sketchWords);
        sketchedAtMs[place] = atMs;
      }
      const bit = hash % sketchBits;
      const word = from + (bit >> 5);
      sketches[word] = (sketches[word] ?? 0) | (1 << (bit & 31));
      let empty = 0;
      for (let i = from; i < from + sketchWords; i++) empty += 32 - bitCount(sketches[i] ?? 0);
      // Linear counting; a full sketch says "some thousands".
      return Math.round(-sketchBits * Math.log(Math.max(1, empty) / sketchBits));
    },
    get size() {
      return places.size;
    },
  };
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
