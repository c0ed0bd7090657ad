/**
 * A cache of bounded size that forgets by the clock algorithm: entries stand in a ring, each use marks its entry, and
 * a hand that goes round takes the first unmarked one, wiping marks on its way. Close to least recently used, while
 * a hit is one Map look-up and one byte written. (Two Maps that take turns cost 0.3 us a hit more here, because every
 * popular key is copied over at each turn, and hold half as much.)
 */
import { ownCopy } from './own-copy.ts';

import type { CacheStats } from '@sluice/ports';

/** Longer string keys are not remembered: a client that sends long values must not decide how much memory we need. */
const longestKey = 1024;

export interface BoundedCache<K, V> {
  /** Undefined when not remembered; a value that is undefined is not worth remembering. */
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  clear(): void;
  stats(): CacheStats;
}

/**
 * Creates a cache that never holds more than `size` entries; with size 0 it holds none and every look-up misses.
 *
 * Cost: see above; taking an entry in is constant over time. String keys are copied, so they do not hold the line they
 * were cut from.
 */
export function createBoundedCache<K, V>(size: number): BoundedCache<K, V> {
  const slots = new Map<K, number>();
  const marked = new Uint8Array(size);
  let keys: K[] = [];
  let values: V[] = [];
  let hand = 0;
  let hits = 0;
  let misses = 0;

  const freeSlot = (): number => {
    if (keys.length < size) return keys.length;
    while (marked[hand] === 1) {
      marked[hand] = 0;
      hand = (hand + 1) % size;
    }
    const slot = hand;
    hand = (hand + 1) % size;
    slots.delete(keys[slot] as K);
    return slot;
  };

  return {
    get: (key) => {
      const slot = slots.get(key);
      if (slot === undefined) {
        misses++;
        return undefined;
      }
      hits++;
      marked[slot] = 1;
      return values[slot];
    },
    set: (key, value) => {
      if (size < 1 || (typeof key === 'string' && key.length > longestKey)) return;
      const known = slots.get(key);
      if (known !== undefined) {
        values[known] = value;
        return;
      }
      const own = typeof key === 'string' ? (ownCopy(key) as K & string) : key;
      const slot = freeSlot();
      keys[slot] = own;
      values[slot] = value;
      slots.set(own, slot);
    },
    clear: () => {
      slots.clear();
      marked.fill(0);
      keys = [];
      values = [];
      hand = 0;
    },
    stats: () => ({ hits, misses, entries: slots.size }),
  };
}
