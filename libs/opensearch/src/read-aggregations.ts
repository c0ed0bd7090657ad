/**
 * Parts of search answers, read with suspicion: a part that is missing is 0, null or empty, as when no index was searched.
 */
import { isObject } from './bulk-reply.ts';

export type Part = Readonly<Record<string, unknown>>;

const empty: Part = {};

export function partOf(parent: Part, name: string): Part {
  const part = parent[name];
  return isObject(part) ? part : empty;
}

export function numberOf(parent: Part, name: string): number {
  const value = parent[name];
  return typeof value === 'number' ? value : 0;
}

/** Documents of a filter aggregation. */
export function countOf(parent: Part, name: string): number {
  return numberOf(partOf(parent, name), 'doc_count');
}

export function bucketsOf(parent: Part, name: string): Part[] {
  const buckets = partOf(parent, name)['buckets'];
  return Array.isArray(buckets) ? buckets.filter(isObject) : [];
}

/** `timestamp` of the one document of a `top_hits` below a filter. */
export function hitTime(parent: Part, name: string): string | null {
  const hits = partOf(partOf(partOf(parent, name), 'hit'), 'hits')['hits'];
  const first: unknown = Array.isArray(hits) ? hits[0] : undefined;
  const source = isObject(first) ? first['_source'] : undefined;
  const time = isObject(source) ? source['timestamp'] : undefined;
  return typeof time === 'string' ? time : null;
}
