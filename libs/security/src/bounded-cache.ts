/**
 * A cache of bounded size in two generations: when the young one is full it becomes the old one, and what was not
 * asked for since is forgotten. Close to least recently used at the cost of a plain Map.
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
 * Invariant: the last `size / 2` distinct keys used are always remembered.
 * Cost: a hit is one Map look-up, two for a key last used a generation ago. String keys are copied, so they do not
 * hold the line they were cut from.
 */
export function createBoundedCache<K, V>(size: number): BoundedCache<K, V> {
  const generationSize = Math.max(1, Math.floor(size / 2));
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  let hits = 0;
  let misses = 0;

  const store = (key: K, value: V): void => {
    if (young.size >= generationSize) {
      old = size === 1 ? new Map<K, V>() : young;
      young = new Map();
    }
    young.set(typeof key === 'string' ? (ownCopy(key) as K & string) : key, value);
  };

  return {
    get: (key) => {
      const recent = young.get(key);
      if (recent !== undefined) {
        hits++;
        return recent;
      }
      const value = old.get(key);
      if (value === undefined) {
        misses++;
        return undefined;
      }
      hits++;
      old.delete(key);
      store(key, value);
      return value;
    },
    set: (key, value) => {
      if (size < 1 || (typeof key === 'string' && key.length > longestKey)) return;
      if (young.has(key)) {
        young.set(key, value);
        return;
      }
      old.delete(key);
      store(key, value);
    },
    clear: () => {
      young = new Map();
      old = new Map();
    },
    stats: () => ({ hits, misses, entries: young.size + old.size }),
  };
}
