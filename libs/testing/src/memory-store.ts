/**
 * An event store in memory that keeps the contract of the port, for unit tests of what reads and writes stores.
 * Slow and simple on purpose: the contract tests hold it and the real stores to the same answers.
 */
import { duplicate, stored } from '@sluice/event';

import { fieldValues, matchesFilter, timeOf } from './event-filter.ts';

import type { DeadLetter, EnrichedEvent, StoreOutcome } from '@sluice/event';
import type { EventFilter, EventStore, EventSummary, GroupCount, StoreBatch, StoreDocument, StoreResult, TimeBucket } from '@sluice/ports';
import type { FieldValue } from './event-filter.ts';

export interface MemoryStore extends EventStore {
  /** Every stored event in the order of writing. */
  readonly storedEvents: readonly EnrichedEvent[];
  readonly storedLetters: readonly DeadLetter[];
  /** Every batch given to `write`, refused ones too. */
  readonly batches: readonly StoreBatch[];
  /** Fails the next writes with this error, storing nothing. */
  failNext(error: Error, times?: number): void;
  /** Refuses documents for which this returns a reason. */
  rejectWhere(reject: (document: StoreDocument) => string | null): void;
}

/** Creates an empty store. */
export function createMemoryStore(): MemoryStore {
  const events = new Map<string, EnrichedEvent>();
  const letters = new Map<string, DeadLetter>();
  const batches: StoreBatch[] = [];
  const failures: Error[] = [];
  let rejection: (document: StoreDocument) => string | null = () => null;

  const put = <T>(target: Map<string, T>, id: string, value: T): StoreOutcome => {
    if (target.has(id)) return duplicate;
    target.set(id, value);
    return stored;
  };
  const putDocument = (document: StoreDocument): StoreOutcome => {
    const message = rejection(document);
    if (message !== null) return { kind: 'rejected', message, event: document.event };
    return put(events, document.event.event_id, { ...document.event, ...document.enrichment });
  };
  const write = (batch: StoreBatch): StoreResult => {
    batches.push(batch);
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return {
      documents: batch.documents.map(putDocument),
      deadLetters: batch.deadLetters.map((letter) => put(letters, letter.event_id, letter)),
    };
  };
  const select = (filter: EventFilter): EnrichedEvent[] => [...events.values()].filter((event) => matchesFilter(event, filter));

  return {
    get storedEvents() {
      return [...events.values()];
    },
    get storedLetters() {
      return [...letters.values()];
    },
    batches,
    failNext: (error, times = 1) => {
      for (let count = 0; count < times; count += 1) failures.push(error);
    },
    rejectWhere: (reject) => {
      rejection = reject;
    },
    prepare: (batch) => ({ write: () => Promise.try(() => write(batch)) }),
    write: (batch) => Promise.try(() => write(batch)),
    summary: (filter) => Promise.resolve(summarise(select(filter), letters.size)),
    top: (field, limit, filter) => Promise.resolve(countBy(select(filter), (event) => fieldValues(event, field)).slice(0, limit)),
    histogram: (bucketSeconds, filter) => Promise.resolve(bucketise(select(filter), bucketSeconds)),
    events: (limit, filter) => Promise.resolve(newestFirst(select(filter), timeOf).slice(0, limit)),
    deadLetters: ({ limit, reason }) => {
      const chosen = [...letters.values()].filter((letter) => reason === undefined || letter.reason === reason);
      return Promise.resolve(newestFirst(chosen, (letter) => Date.parse(letter.failed_at)).slice(0, limit));
    },
    deadLetterReasons: () => {
      const counts = new Map<string, number>();
      for (const { reason } of letters.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      const reasons = [...counts].map(([reason, count]) => ({ reason, count }));
      return Promise.resolve(reasons.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)));
    },
    purge: (before) => {
      const limit = Date.parse(before);
      const old = [...events.values()].filter((event) => Date.parse(event.timestamp ?? event.processed_at) < limit);
      for (const event of old) events.delete(event.event_id);
      const oldLetters = [...letters.values()].filter((letter) => Date.parse(letter.failed_at) < limit);
      for (const letter of oldLetters) letters.delete(letter.event_id);
      return Promise.resolve({ events: old.length, deadLetters: oldLetters.length });
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function summarise(events: EnrichedEvent[], deadLetters: number): EventSummary {
  const timed = events.filter((event) => event.timestamp !== null).sort((a, b) => timeOf(a) - timeOf(b));
  return {
    events: events.length,
    deadLetters,
    firstAt: timed.at(0)?.timestamp ?? null,
    lastAt: timed.at(-1)?.timestamp ?? null,
    bytesSent: bytesOf(events),
    distinctAddresses: new Set(events.map((event) => event.ip_address).filter((address) => address !== null)).size,
    bots: events.filter((event) => event.is_bot === true).length,
    threats: events.filter((event) => event.security_threat === true).length,
    responseTimeMs: responseTimes(events),
  };
}

function responseTimes(events: EnrichedEvent[]): EventSummary['responseTimeMs'] {
  const times = events.map((event) => event.response_time_ms).filter((time) => time !== undefined).sort((a, b) => a - b); // prettier-ignore
  const max = times.at(-1);
  if (max === undefined) return null;
  const quantile = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? max;
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return { count: times.length, mean, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max };
}

function countBy(events: EnrichedEvent[], valuesOf: (event: EnrichedEvent) => FieldValue[]): GroupCount[] {
  const groups = new Map<FieldValue, EnrichedEvent[]>();
  for (const event of events) {
    for (const value of valuesOf(event)) {
      const group = groups.get(value);
      if (group === undefined) groups.set(value, [event]);
      else group.push(event);
    }
  }
  const counts = [...groups].map(([value, group]) => ({ value, events: group.length, bytesSent: bytesOf(group) }));
  return counts.sort((a, b) => b.events - a.events || (a.value < b.value ? -1 : 1));
}

function bucketise(events: EnrichedEvent[], bucketSeconds: number): TimeBucket[] {
  const buckets = new Map<number, EnrichedEvent[]>();
  for (const event of events) {
    if (event.timestamp === null) continue;
    const start = Math.floor(timeOf(event) / 1000 / bucketSeconds) * bucketSeconds;
    const bucket = buckets.get(start);
    if (bucket === undefined) buckets.set(start, [event]);
    else bucket.push(event);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, group]) => ({
      at: new Date(start * 1000).toISOString(),
      events: group.length,
      threats: group.filter((event) => event.security_threat === true).length,
      bots: group.filter((event) => event.is_bot === true).length,
      serverErrors: group.filter((event) => (event.status ?? 0) >= 500).length,
    }));
}

/** Latest first, items without a time last; of equals the one written last first. */
function newestFirst<T>(items: T[], at: (item: T) => number): T[] {
  const key = (item: T): number => (Number.isNaN(at(item)) ? Number.NEGATIVE_INFINITY : at(item));
  return items.toReversed().sort((a, b) => (key(a) === key(b) ? 0 : key(b) - key(a)));
}

function bytesOf(events: EnrichedEvent[]): number {
  return events.reduce((sum, event) => sum + (event.bytes_sent ?? 0), 0);
}
