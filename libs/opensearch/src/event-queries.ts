/**
 * The reports' questions as search requests.
 */
import { buildQuery, pathOf } from './event-filter.ts';

import type { EventFilter, GroupField } from '@sluice/ports';

export type SearchBody = Readonly<Record<string, unknown>>;

const timeOf = (order: 'asc' | 'desc') => ({
  top_hits: { sort: [{ timestamp: { order, unmapped_type: 'date' } }], size: 1, _source: ['timestamp'] },
});
const counted = { size: 0, track_total_hits: true };
const bytes = { sum: { field: 'bytes_sent' } };
const isTrue = (field: string) => ({ filter: { term: { [field]: true } } });

/** Exact up to this many addresses, a per cent off beyond; the most OpenSearch counts exactly. */
const exactAddresses = 40_000;
/** `search.max_buckets` of a cluster nobody changed. */
const maxGroups = 65_535;

export const percentiles = ['50.0', '95.0', '99.0'] as const;

/** First and last time come from documents, which have more digits than the index. */
export function summaryBody(filter: EventFilter): SearchBody {
  const timed = { filter: { exists: { field: 'timestamp' } } };
  return {
    ...counted,
    query: buildQuery(filter),
    aggs: {
      first: { ...timed, aggs: { hit: timeOf('asc') } },
      last: { ...timed, aggs: { hit: timeOf('desc') } },
      bytes,
      addresses: { cardinality: { field: 'ip_address', precision_threshold: exactAddresses } },
      bots: isTrue('is_bot'),
      threats: isTrue('security_threat'),
      response_time: { stats: { field: 'response_time_ms' } },
      quantiles: { percentiles: { field: 'response_time_ms', percents: percentiles.map(Number) } },
    },
  };
}

/** Most events first, ties by value. Each shard gives more than asked for, so that counts over many indices are right. */
export function topBody(field: GroupField, limit: number, filter: EventFilter): SearchBody {
  const size = toLimit(limit, maxGroups);
  const shardSize = Math.min(maxGroups, Math.max(5000, size * 3));
  const groups = { terms: { field: pathOf(field), size, shard_size: shardSize, order: [{ _count: 'desc' }, { _key: 'asc' }] }, aggs: { bytes } };
  return { ...counted, query: buildQuery(filter), aggs: { groups } };
}

/** There is no field of it: hundreds of the status. */
export function statusClassBody(filter: EventFilter): SearchBody {
  const groups = { histogram: { field: 'status', interval: 100, min_doc_count: 1 }, aggs: { bytes } };
  return { ...counted, query: buildQuery(filter), aggs: { groups } };
}

const bucketsPerPage = 5000;

/** A page of buckets from `after` on. Composite, so that neither gaps nor `search.max_buckets` matter. */
export function histogramBody(bucketMs: number, filter: EventFilter, after: unknown): SearchBody {
  const at = { date_histogram: { field: 'timestamp', fixed_interval: `${bucketMs}ms`, order: 'asc' } };
  return {
    ...counted,
    query: buildQuery(filter),
    aggs: {
      buckets: {
        composite: { size: bucketsPerPage, sources: [{ at }], ...(after !== undefined && { after }) },
        aggs: {
          threats: isTrue('security_threat'),
          bots: isTrue('is_bot'),
          server_errors: { filter: { range: { status: { gte: 500 } } } },
        },
      },
    },
  };
}

/** Newest first, those without a time last; of one time what was written last first, within a shard. */
export function eventsBody(filter: EventFilter, size: number): SearchBody {
  return { size, query: buildQuery(filter), sort: [newestBy('timestamp'), { _seq_no: 'desc' }] };
}

export function deadLettersBody(reason: string | undefined, size: number): SearchBody {
  const query = reason === undefined ? { match_all: {} } : { bool: { filter: [{ term: { reason: { value: reason } } }] } };
  return { size, query, sort: [newestBy('failed_at'), { _seq_no: 'desc' }] };
}

export const reasonsBody: SearchBody = {
  ...counted,
  aggs: { groups: { terms: { field: 'reason', size: 1000, order: [{ _count: 'desc' }, { _key: 'asc' }] } } },
};

function newestBy(field: string) {
  return { [field]: { order: 'desc', missing: '_last', unmapped_type: 'date' } };
}

/** A whole number up to `most`; 0 for a negative one. */
export function toLimit(limit: number, most: number): number {
  return Math.min(most, Math.max(0, Number.isNaN(limit) ? 0 : Math.trunc(limit)));
}
