/**
 * Searches over all our indices. An alias or index that is not there yet has no documents; a shard that does not answer
 * is an error, never a smaller number.
 */
import { SluiceError } from '@sluice/errors';

import { isObject } from './bulk-reply.ts';
import { askOrThrow } from './store-error.ts';

import type { Cluster } from './cluster.ts';
import type { SearchBody } from './event-queries.ts';

export interface SearchResult {
  readonly total: number;
  /** `_source` of the hits, in order. */
  readonly sources: readonly Record<string, unknown>[];
  /** Empty when no index was searched. */
  readonly aggregations: Readonly<Record<string, unknown>>;
}

const wholeAnswers = { ignore_unavailable: true, allow_no_indices: true, allow_partial_search_results: false };

/** One search. Errors: STORE_UNAVAILABLE, STORE_UNAUTHORIZED. */
export async function search(cluster: Cluster, index: string, body: SearchBody): Promise<SearchResult> {
  return readResult(await askOrThrow(cluster, (client, options) => client.search({ index, body: body, ...wholeAnswers }, options)));
}

/** Hits a page has; documents of 64 KiB make it some 60 MB at worst. */
const pageSize = 1000;
const scrollFor = '2m';

/** The first `limit` hits, page by page of one view of the index where they are many. */
export async function searchHits(
  cluster: Cluster,
  index: string,
  limit: number,
  bodyOf: (size: number) => SearchBody,
): Promise<Record<string, unknown>[]> {
  if (limit === 0) return [];
  if (limit <= pageSize) return [...(await search(cluster, index, bodyOf(limit))).sources];
  const hits: Record<string, unknown>[] = [];
  let page = await askOrThrow(cluster, (client, options) =>
    client.search({ index, scroll: scrollFor, body: bodyOf(pageSize), ...wholeAnswers }, options),
  );
  try {
    for (;;) {
      const { sources } = readResult(page);
      hits.push(...sources);
      const scrollId = scrollIdOf(page);
      if (hits.length >= limit || sources.length < pageSize || scrollId === null) return hits.slice(0, limit);
      page = await askOrThrow(cluster, (client, options) => client.scroll({ body: { scroll: scrollFor, scroll_id: scrollId } }, options));
    }
  } finally {
    const scrollId = scrollIdOf(page);
    // What is not given back ends by itself.
    if (scrollId !== null) await cluster.ask((client, options) => client.clearScroll({ body: { scroll_id: [scrollId] } }, options));
  }
}

function scrollIdOf(body: unknown): string | null {
  const id = isObject(body) ? body['_scroll_id'] : null;
  return typeof id === 'string' ? id : null;
}

function readResult(body: unknown): SearchResult {
  const hits = isObject(body) ? body['hits'] : undefined;
  if (!isObject(body) || !isObject(hits) || !Array.isArray(hits['hits'])) throw strangeAnswer();
  const shards = body['_shards'];
  if (body['timed_out'] === true || (isObject(shards) && Number(shards['failed'] ?? 0) > 0)) {
    throw new SluiceError('STORE_UNAVAILABLE', 'OpenSearch could not search all of the index');
  }
  const total = isObject(hits['total']) ? Number(hits['total']['value']) : 0;
  const sources = (hits['hits'] as unknown[]).map((hit) => (isObject(hit) ? hit['_source'] : undefined)).filter(isObject);
  return { total, sources, aggregations: isObject(body['aggregations']) ? body['aggregations'] : {} };
}

export function strangeAnswer(): SluiceError {
  return new SluiceError('STORE_UNAVAILABLE', 'What answers at the address of OpenSearch does not answer the question asked');
}
