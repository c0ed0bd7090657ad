/**
 * The port's questions, asked as searches, answered in its words.
 */
import { baseFields } from '@sluice/event';

import { joinExtra } from './encode-document.ts';
import {
  deadLettersBody,
  eventsBody,
  histogramBody,
  percentiles,
  reasonsBody,
  statusClassBody,
  summaryBody,
  toLimit,
  topBody,
} from './event-queries.ts';
import { bucketsOf, countOf, hitTime, numberOf, partOf } from './read-aggregations.ts';
import { search, searchHits } from './search.ts';

import type { DeadLetter, EnrichedEvent } from '@sluice/event';
import type { EventFilter, EventReader, EventSummary, GroupCount, TimeBucket } from '@sluice/ports';
import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';
import type { Part } from './read-aggregations.ts';

/** As many as the embedded store lists at most. */
const maxListed = 1_000_000;

/** Creates the reading half of the store. */
export function createEventReader(cluster: Cluster, names: IndexNames): EventReader {
  const ask = (body: Part) => search(cluster, names.alias, body);
  return {
    summary: async (filter) => {
      const [events, letters] = await Promise.all([
        ask(summaryBody(filter)),
        search(cluster, names.deadLetters, { size: 0, track_total_hits: true }),
      ]);
      return toSummary(events.total, letters.total, events.aggregations);
    },
    top: async (field, limit, filter) => {
      if (toLimit(limit, maxListed) === 0) return [];
      if (field === 'status_class') return topClasses((await ask(statusClassBody(filter))).aggregations).slice(0, limit);
      return bucketsOf((await ask(topBody(field, limit, filter))).aggregations, 'groups').map(toGroup);
    },
    histogram: (bucketSeconds, filter) => readHistogram(ask, bucketSeconds, filter),
    events: async (limit, filter) => {
      const sources = await searchHits(cluster, names.alias, toLimit(limit, maxListed), (size) => eventsBody(filter, size));
      return sources.map(toEvent);
    },
    deadLetters: async ({ limit, reason }) => {
      const sources = await searchHits(cluster, names.deadLetters, toLimit(limit, maxListed), (size) => deadLettersBody(reason, size));
      return sources as unknown as DeadLetter[];
    },
    deadLetterReasons: async () => {
      const { aggregations } = await search(cluster, names.deadLetters, reasonsBody);
      return bucketsOf(aggregations, 'groups').map((bucket) => ({ reason: String(bucket['key']), count: numberOf(bucket, 'doc_count') }));
    },
  };
}

function toSummary(events: number, deadLetters: number, found: Part): EventSummary {
  const times = partOf(found, 'response_time');
  const quantiles = partOf(partOf(found, 'quantiles'), 'values');
  const [p50, p95, p99] = percentiles;
  return {
    events,
    deadLetters,
    firstAt: hitTime(found, 'first'),
    lastAt: hitTime(found, 'last'),
    bytesSent: numberOf(partOf(found, 'bytes'), 'value'),
    distinctAddresses: numberOf(partOf(found, 'addresses'), 'value'),
    bots: countOf(found, 'bots'),
    threats: countOf(found, 'threats'),
    responseTimeMs:
      numberOf(times, 'count') === 0
        ? null
        : {
            count: numberOf(times, 'count'),
            mean: numberOf(times, 'avg'),
            p50: numberOf(quantiles, p50),
            p95: numberOf(quantiles, p95),
            p99: numberOf(quantiles, p99),
            max: numberOf(times, 'max'),
          },
  };
}

function toGroup(bucket: Part): GroupCount {
  const { key } = bucket;
  const name = bucket['key_as_string'];
  const value = name === 'true' || name === 'false' ? name === 'true' : typeof key === 'number' ? key : String(key);
  return { value, events: numberOf(bucket, 'doc_count'), bytesSent: numberOf(partOf(bucket, 'bytes'), 'value') };
}

function topClasses(found: Part): GroupCount[] {
  const groups = bucketsOf(found, 'groups').map((bucket) => ({ ...toGroup(bucket), value: `${numberOf(bucket, 'key') / 100}xx` }));
  return groups.sort((a, b) => b.events - a.events || (a.value < b.value ? -1 : 1));
}

async function readHistogram(
  ask: (body: Part) => Promise<{ aggregations: Part }>,
  bucketSeconds: number,
  filter: EventFilter,
): Promise<TimeBucket[]> {
  const bucketMs = Math.max(1, Math.round(bucketSeconds * 1000));
  const read: TimeBucket[] = [];
  for (let after: unknown; ;) {
    const { aggregations } = await ask(histogramBody(bucketMs, filter, after));
    const buckets = bucketsOf(aggregations, 'buckets');
    read.push(...buckets.map(toBucket));
    after = partOf(aggregations, 'buckets')['after_key'];
    if (buckets.length === 0 || after === undefined) return read;
  }
}

function toBucket(bucket: Part): TimeBucket {
  return {
    at: new Date(numberOf(partOf(bucket, 'key'), 'at')).toISOString(),
    events: numberOf(bucket, 'doc_count'),
    threats: countOf(bucket, 'threats'),
    bots: countOf(bucket, 'bots'),
    serverErrors: countOf(bucket, 'server_errors'),
  };
}

/** The event of a document: base fields null where an older or foreign one has none; `extra` in one piece again. */
function toEvent(source: Record<string, unknown>): EnrichedEvent {
  const event = joinExtra(source);
  for (const field of baseFields) event[field] ??= null;
  return event as unknown as EnrichedEvent;
}
