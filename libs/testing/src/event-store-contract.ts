/**
 * What every event store must do, whatever it stores in. A store passes by running this beside its own tests.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { formatEventId } from '@sluice/event';

import { buildDeadLetter, buildDocument } from './build-event.ts';

import type { Threat } from '@sluice/event';
import type { EventFilter, EventStore, StoreBatch, StoreDocument, StoreResult } from '@sluice/ports';

/** Creates an empty store of its own for each test; `refresh` makes what was written visible to readers. */
export interface StoreUnderTest {
  readonly store: EventStore;
  readonly refresh: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

const key = 'a1b2c3d4e5f60718';
const everything: EventFilter = {};

/** An event of one file, its id derived from the offset as ingest does. */
function at(offset: number, event: Partial<StoreDocument['event']> = {}, enrichment: Partial<StoreDocument['enrichment']> = {}): StoreDocument {
  return buildDocument({ event_id: formatEventId(key, offset, (offset * 7) % 2 ** 32), log_offset: offset, ...event }, enrichment);
}

function letterAt(offset: number, reason: 'unparsable' | 'rejected' = 'unparsable', failedAt = '2026-11-22T10:00:00.000Z') {
  return buildDeadLetter({
    event_id: formatEventId(key, offset, offset),
    reason,
    failed_at: failedAt,
    origin: { source: 'web-1', log_file: '/var/log/a.log', log_offset: offset },
  });
}

const batchOf = (documents: StoreDocument[], deadLetters: StoreBatch['deadLetters'] = []): StoreBatch => ({ documents, deadLetters });
const kinds = (result: StoreResult): string => [...result.documents, ...result.deadLetters].map(({ kind }) => kind[0]).join('');
const offsets = (from: number, count: number): StoreDocument[] => Array.from({ length: count }, (_, index) => at(from + index));

/** Without fields that are there and undefined: leaving them out means the same. */
const known = (item: object | undefined): object => Object.fromEntries(Object.entries(item ?? {}).filter(([, value]) => value !== undefined));

const threat = (rule: string, threatClass: string): Threat => ({ rule, class: threatClass, severity: 'high', field: 'query', evidence: "' OR 1=1" });

/** Registers the tests of the contract under `name`. */
export function describeEventStoreContract(name: string, createStore: () => Promise<StoreUnderTest>): void {
  const withStore = (title: string, run: (store: EventStore, refresh: () => Promise<void>) => Promise<void>): void => {
    void it(title, async () => {
      const { store, refresh, dispose } = await createStore();
      try {
        await run(store, refresh);
      } finally {
        await dispose();
      }
    });
  };
  void describe(`${name}: writing`, () => describeWriting(withStore));
  void describe(`${name}: reading`, () => describeReading(withStore));
  void describe(`${name}: lifecycle`, () => describeLifecycle(withStore));
}

type Define = (title: string, run: (store: EventStore, refresh: () => Promise<void>) => Promise<void>) => void;

function describeWriting(define: Define): void {
  define('stores each item once, whatever order and mixture the batches come in', async (store, refresh) => {
    assert.equal(kinds(await store.write(batchOf([at(0), at(10)], [letterAt(5)]))), 'sss');
    assert.equal(kinds(await store.write(batchOf([at(0), at(10)], [letterAt(5)]))), 'ddd', 'the same again');
    assert.equal(kinds(await store.write(batchOf([at(10), at(20), at(7)], [letterAt(5), letterAt(6)]))), 'dssds', 'old and new, below and beyond');
    assert.equal(kinds(await store.write(batchOf([at(3)]))), 's', 'an older line that was never there');
    await refresh();
    assert.equal((await store.summary(everything)).events, 5);
    assert.equal((await store.summary(everything)).deadLetters, 2);
  });

  define('takes an id once within a batch', async (store, refresh) => {
    assert.equal(kinds(await store.write(batchOf([at(1), at(1), at(0), at(1)], [letterAt(2), letterAt(2)]))), 'sdsdsd');
    await refresh();
    assert.equal((await store.summary(everything)).events, 2);
  });

  define('tells lines at one offset apart by their checksum', async (store) => {
    const other = at(0, { event_id: formatEventId(key, 0, 99) });
    assert.equal(kinds(await store.write(batchOf([at(0)]))), 's');
    assert.equal(kinds(await store.write(batchOf([other, at(0)]))), 'sd');
    assert.equal(kinds(await store.write(batchOf([other]))), 'd');
  });

  define('knows ids that come from a topic, and ids of any form', async (store, refresh) => {
    const ids = ['web-logs-3-17', 'web-logs-3-18', 'web-logs-4-1', '7f0c', 'x-1-2-'];
    const documents = ids.map((id) => at(0, { event_id: id }));
    assert.equal(kinds(await store.write(batchOf(documents))), 'sssss');
    assert.equal(kinds(await store.write(batchOf([...documents, at(0, { event_id: 'web-logs-3-16' })]))), 'ddddds');
    await refresh();
    assert.equal((await store.summary(everything)).events, 6);
  });

  define('keeps ids apart whose offset is not that of the document', async (store) => {
    const lying = at(5, { log_offset: 900 });
    assert.equal(kinds(await store.write(batchOf([lying]))), 's');
    assert.equal(kinds(await store.write(batchOf([at(5)]))), 'd');
    assert.equal(kinds(await store.write(batchOf([lying]))), 'd');
  });

  define('answers overlapping calls in their order, each in its own', async (store, refresh) => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => store.write(batchOf(offsets(index * 50, 100), [letterAt(index)]))));
    results.forEach((result, index) => {
      const repeated = index === 0 ? 0 : 50;
      assert.equal(kinds(result), 'd'.repeat(repeated) + 's'.repeat(100 - repeated) + 's', `call ${index}`);
    });
    await refresh();
    assert.equal((await store.summary(everything)).events, 1050);
  });

  define('takes an empty batch and one of many thousand items', async (store, refresh) => {
    assert.deepEqual(await store.write(batchOf([])), { documents: [], deadLetters: [] });
    const many = offsets(0, 5000);
    const result = await store.write(batchOf(many));
    assert.equal(result.documents.length, 5000);
    assert.ok(result.documents.every(({ kind }) => kind === 'stored'));
    const again = await store.write(batchOf([...many.slice(4990), ...offsets(5000, 3)]));
    assert.equal(kinds(again), 'd'.repeat(10) + 'sss');
    await refresh();
    assert.equal((await store.summary(everything)).events, 5003);
  });

  define('gives back what it was given, hostile texts included', async (store, refresh) => {
    const extra = JSON.parse('{"__proto__":"x","constructor":1,"a\\u0000b":"\\"","big":9007199254740991}') as Record<string, string | number>;
    const full = at(
      4_000_000_000_000,
      {
        timestamp: '2026-11-22T13:55:36.123456Z', bytes_sent: Number.MAX_SAFE_INTEGER, path: `/\u0000'"\\;--${'x'.repeat(65_536)}`,
        referer: '', user_agent: '\u202e\u{1f600}\u001b[31m', client_host: 'a.example', host: 'shop.example', port: 443, user: 'o\'neill', query: 'a=1&b=%00',
        request: 'GET  /', response_time_ms: 12.5, request_bytes: 0, extra,
      },
      {
        geo_country: 'Österreich', geo_city: 'Wien', is_bot: true, security_threat: true, geo_country_code: 'AT', geo_location: { lat: 48.2, lon: -16.37 },
        geo_asn: 4_294_967_295, geo_as_organization: 'Example AS', bot: { name: 'curl', kind: 'library', claim: 'unknown' }, browser: 'b', os: 'o', device: 'd',
        threats: [threat('sqli-1', 'sqli'), threat('xss-1', 'xss')], threat_score: 7.5, threat_severity: 'high', threat_outcome: 'failed', session_id: 's',
      },
    ); // prettier-ignore
    const bare = at(4_000_000_000_001, {
      timestamp: null, ip_address: null, method: null, path: null, status: null, bytes_sent: null, referer: null, user_agent: null, protocol: undefined,
    }, { is_bot: null, security_threat: null }); // prettier-ignore
    const letter = { ...letterAt(9), message: 'a\u0000b\u2028', raw: '\u0000\n\u{1f600}', raw_bytes: 70_000, column: null };
    const record = { ...letterAt(10), origin: { topic: 'web_logs', partition: 3, offset: '9223372036854775807' } };
    await store.write(batchOf([full, bare], [letter, record]));
    await refresh();
    const [first, second] = await store.events(10, everything);
    assert.deepEqual(first, { ...full.event, ...full.enrichment });
    assert.deepEqual(known(second), known({ ...bare.event, ...bare.enrichment }));
    assert.deepEqual(await store.deadLetters({ limit: 10 }), [record, letter]);
  });
}

function describeReading(define: Define): void {
  const hour = (hours: number): string => `2026-11-22T${String(hours).padStart(2, '0')}:00:00Z`;
  const some: StoreBatch = batchOf(
    [
      at(0, { timestamp: hour(1), status: 200, bytes_sent: 10, response_time_ms: 1, path: '/a' }),
      at(1, { timestamp: hour(1), status: 404, bytes_sent: 20, response_time_ms: 2, path: '/b', ip_address: '203.0.113.9' }, { is_bot: true, bot: { name: 'curl', kind: 'library', claim: 'unknown' } }),
      at(2, { timestamp: hour(2), status: 500, bytes_sent: 30, response_time_ms: 3, path: '/b', ip_address: '203.0.113.9' }, { security_threat: true, threats: [threat('sqli-1', 'sqli'), threat('sqli-2', 'sqli'), threat('xss-1', 'xss')] }),
      at(3, { timestamp: hour(3), status: 503, bytes_sent: 40, path: '/c' }, { security_threat: true, threats: [threat('sqli-1', 'sqli')] }),
      at(4, { timestamp: null, status: null, bytes_sent: null, path: null, ip_address: null }),
    ],
    [letterAt(5), letterAt(6, 'rejected', '2026-11-22T11:00:00.000Z'), letterAt(7)],
  ); // prettier-ignore
  const reading = (title: string, run: (store: EventStore) => Promise<void>): void =>
    define(title, async (store, refresh) => {
      await store.write(some);
      await refresh();
      await run(store);
    });

  reading('sums up all events, and those of a filter', async (store) => {
    const { responseTimeMs, ...summary } = await store.summary(everything);
    assert.deepEqual(summary, {
      events: 5,
      deadLetters: 3,
      firstAt: hour(1),
      lastAt: hour(3),
      bytesSent: 100,
      distinctAddresses: 2,
      bots: 1,
      threats: 2,
    });
    assert.equal(responseTimeMs?.count, 3);
    assert.equal(responseTimeMs.mean, 2);
    assert.equal(responseTimeMs.max, 3);
    assert.ok(
      responseTimeMs.p50 >= 1 && responseTimeMs.p50 <= responseTimeMs.p95 && responseTimeMs.p95 <= responseTimeMs.p99 && responseTimeMs.p99 <= 3,
    );
    const part = await store.summary({ from: hour(2), to: hour(3) });
    assert.equal(part.events, 1);
    const nothing = await store.summary({ equals: { path: '/nowhere' } });
    assert.deepEqual({ ...nothing, deadLetters: 0 }, { events: 0, deadLetters: 0, firstAt: null, lastAt: null, bytesSent: 0, distinctAddresses: 0, bots: 0, threats: 0, responseTimeMs: null }); // prettier-ignore
  });

  reading('counts by value, most first, ties by value, unknown left out', async (store) => {
    assert.deepEqual(await store.top('path', 10, everything), [
      { value: '/b', events: 2, bytesSent: 50 },
      { value: '/a', events: 1, bytesSent: 10 },
      { value: '/c', events: 1, bytesSent: 40 },
    ]);
    assert.equal((await store.top('path', 2, everything)).length, 2);
    assert.deepEqual((await store.top('status', 10, everything)).map(({ value }) => value), [200, 404, 500, 503]); // prettier-ignore
    assert.deepEqual((await store.top('status_class', 10, everything)).map(({ value, events }) => [value, events]), [['5xx', 2], ['2xx', 1], ['4xx', 1]]); // prettier-ignore
    assert.deepEqual((await store.top('is_bot', 10, everything)).map(({ value, events }) => [value, events]), [[false, 4], [true, 1]]); // prettier-ignore
    assert.deepEqual((await store.top('bot_name', 10, everything)).map(({ value }) => value), ['curl']); // prettier-ignore
  });

  reading('counts an event once for each class and rule it shows', async (store) => {
    assert.deepEqual(await store.top('threat_class', 10, everything), [
      { value: 'sqli', events: 2, bytesSent: 70 },
      { value: 'xss', events: 1, bytesSent: 30 },
    ]);
    assert.deepEqual((await store.top('threat_rule', 1, everything)).map(({ value, events }) => [value, events]), [['sqli-1', 2]]); // prettier-ignore
  });

  reading('filters by any field', async (store) => {
    const count = async (filter: EventFilter): Promise<number> => (await store.summary(filter)).events;
    assert.equal(await count({ equals: { status: 404 } }), 1);
    assert.equal(await count({ equals: { status_class: '5xx' } }), 2);
    assert.equal(await count({ equals: { security_threat: true } }), 2);
    assert.equal(await count({ equals: { threat_class: 'xss' } }), 1);
    assert.equal(await count({ equals: { threat_rule: 'sqli-1', status_class: '5xx' } }), 2);
    assert.equal(await count({ equals: { bot_kind: 'library' } }), 1);
    assert.equal(await count({ equals: { path: "/b' OR 1=1 --" } }), 0);
    assert.equal(await count({ equals: { event_id: formatEventId(key, 2, 14) } }), 1);
    assert.equal(await count({ from: hour(1), to: hour(2), equals: { ip_address: '203.0.113.9' } }), 1);
  });

  reading('makes a histogram of what has a time', async (store) => {
    const bucket = (at: string, events: number, threats: number, bots: number, serverErrors: number) => ({ at: new Date(at).toISOString(), events, threats, bots, serverErrors }); // prettier-ignore
    assert.deepEqual(await store.histogram(3600, everything), [
      bucket(hour(1), 2, 0, 1, 0),
      bucket(hour(2), 1, 1, 0, 1),
      bucket(hour(3), 1, 1, 0, 1),
    ]);
    assert.deepEqual(await store.histogram(86_400, { equals: { path: '/b' } }), [bucket(hour(0), 2, 1, 1, 1)]);
  });

  reading('lists events newest first, those without a time last', async (store) => {
    const listed = await store.events(10, everything);
    assert.deepEqual(listed.map(({ timestamp }) => timestamp), [hour(3), hour(2), hour(1), hour(1), null]); // prettier-ignore
    assert.equal((await store.events(2, everything)).length, 2);
    assert.deepEqual((await store.events(10, { equals: { path: '/c' } })).map(({ status }) => status), [503]); // prettier-ignore
  });

  reading('lists dead letters newest first and by reason', async (store) => {
    assert.equal((await store.deadLetters({ limit: 10 }))[0]?.reason, 'rejected');
    assert.equal((await store.deadLetters({ limit: 1 })).length, 1);
    assert.equal((await store.deadLetters({ limit: 10, reason: 'unparsable' })).length, 2);
    assert.deepEqual(await store.deadLetterReasons(), [
      { reason: 'unparsable', count: 2 },
      { reason: 'rejected', count: 1 },
    ]);
  });
}

function describeLifecycle(define: Define): void {
  define('removes what is older than a time and takes new events afterwards', async (store, refresh) => {
    const old = at(0, { timestamp: '2020-01-01T00:00:00Z' });
    const timeless = at(1, { timestamp: null }, { processed_at: '2020-01-01T00:00:00.000Z' });
    await store.write(batchOf([old, timeless, at(2)], [letterAt(3, 'unparsable', '2020-01-01T00:00:00.000Z'), letterAt(4)]));
    await refresh();
    assert.deepEqual(await store.purge('2020-01-01T00:00:00Z'), { events: 0, deadLetters: 0 });
    assert.deepEqual(await store.purge('2020-01-01T00:00:01Z'), { events: 2, deadLetters: 1 });
    assert.equal(kinds(await store.write(batchOf([at(2), at(5)]))), 'ds');
    await refresh();
    const { events, deadLetters } = await store.summary(everything);
    assert.deepEqual({ events, deadLetters }, { events: 2, deadLetters: 1 });
  });

  define('answers a check and can be closed twice', async (store) => {
    await store.check();
    const writing = store.write(batchOf([at(0)]));
    await store.close();
    assert.equal(kinds(await writing), 's', 'a write under way is finished first');
    await store.close();
  });
}
