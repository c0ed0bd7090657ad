import assert from 'node:assert/strict';
import { test } from 'node:test';

import { buildDeadLetter, buildDocument, createLogGenerator, createMemoryStore } from '@sluice/testing';

import { buildReport } from './build-report.ts';

import type { MemoryStore } from '@sluice/testing';

const threatOf = (threatClass: string, evidence: string) =>
  ({ rule: `${threatClass}-1`, class: threatClass, severity: 'high', field: 'query', evidence }) as const;

/** Fills a store from a generated log by its truth, and counts on the side. */
async function fill(store: MemoryStore, lineCount: number) {
  const generator = createLogGenerator({
    seed: 21,
    oddities: true,
    attackShare: 0.05,
    distinctAddresses: 300,
    distinctPaths: 200,
    linesPerSecond: 0.05,
  });
  const truth = {
    events: 0,
    bytes: 0,
    broken: 0,
    bots: 0,
    attacks: 0,
    paths: new Map<string, number>(),
    classes: new Map<string, number>(),
    addresses: new Set<string>(),
  };
  const bump = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let index = 0; index < lineCount; index += 1) {
    const { line, kind, label, expected } = generator.next();
    if (expected === null) {
      truth.broken += 1;
      await store.write({ documents: [], deadLetters: [buildDeadLetter({}, line)] });
      continue;
    }
    truth.events += 1;
    truth.bytes += expected.bytes_sent ?? 0;
    truth.bots += Number(kind === 'bot');
    if (expected.path !== null) bump(truth.paths, expected.path);
    if (expected.ip_address !== null) truth.addresses.add(expected.ip_address);
    if (kind === 'attack') {
      truth.attacks += 1;
      bump(truth.classes, label);
    }
    const attack = kind === 'attack';
    await store.write({
      documents: [
        buildDocument(expected, { is_bot: kind === 'bot', security_threat: attack, ...(attack ? { threats: [threatOf(label, 'x')] } : {}) }),
      ],
      deadLetters: [],
    });
  }
  return truth;
}

test('a report counts what happened', async () => {
  const store = createMemoryStore();
  const truth = await fill(store, 4000);
  const report = await buildReport(store, { top: 7 });

  const { events, bytes_sent, bots, threats, dead_letters, distinct_addresses } = report.totals;
  assert.deepEqual([events, bytes_sent, bots, threats, dead_letters], [truth.events, truth.bytes, truth.bots, truth.attacks, truth.broken]);
  assert.equal(distinct_addresses, truth.addresses.size);

  const paths = [...truth.paths].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 7);
  assert.deepEqual(report.paths.map(({ value, events: count }) => [value, count]), paths); // prettier-ignore
  const classes = [...truth.classes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 7);
  assert.deepEqual(report.threats.classes.map((entry) => [entry.class, entry.events]), classes); // prettier-ignore
  assert.deepEqual(report.dead_letters.reasons, [{ reason: 'unparsable', count: truth.broken }]);
  assert.equal(report.status_classes.reduce((sum, entry) => sum + entry.events, 0), truth.events); // prettier-ignore
});

test('the timeline has every bucket, at most sixty, and every event is in one', async () => {
  const store = createMemoryStore();
  const truth = await fill(store, 3000);
  const { timeline, span } = await buildReport(store);
  assert.ok(timeline.buckets.length > 20 && timeline.buckets.length <= 60, String(timeline.buckets.length));
  assert.equal(timeline.buckets.reduce((sum, bucket) => sum + bucket.events, 0), truth.events); // prettier-ignore
  for (const [index, bucket] of timeline.buckets.entries()) {
    assert.equal(Date.parse(bucket.at), Date.parse(timeline.buckets[0]!.at) + index * timeline.bucket_seconds * 1000);
  }
  assert.ok(
    span !== null &&
      timeline.buckets[0]!.at <= span.first_at &&
      span.last_at < new Date(Date.parse(timeline.buckets.at(-1)!.at) + timeline.bucket_seconds * 1000).toISOString(),
  );
});

test('a bucket width that would give millions of buckets is raised', async () => {
  const store = createMemoryStore();
  await store.write({
    documents: [buildDocument({ timestamp: '1970-01-01T00:00:00Z' }), buildDocument({ timestamp: '9999-12-31T23:59:59Z' })],
    deadLetters: [],
  });
  const { timeline } = await buildReport(store, { bucketSeconds: 1 });
  assert.ok(timeline.buckets.length <= 2000);
  assert.equal(timeline.buckets.at(-1)?.events, 1);
});

test('an empty store gives an empty report', async () => {
  const report = await buildReport(createMemoryStore());
  assert.equal(report.totals.events, 0);
  assert.equal(report.span, null);
  assert.deepEqual(report.timeline.buckets, []);
  assert.deepEqual([report.paths, report.threats.classes, report.dead_letters.reasons], [[], [], []]);
});

test('events without a time are counted but in no timeline', async () => {
  const store = createMemoryStore();
  await store.write({ documents: [buildDocument({ timestamp: null })], deadLetters: [] });
  const report = await buildReport(store);
  assert.deepEqual([report.totals.events, report.span, report.timeline.buckets], [1, null, []]);
});

test('examples show attacks that may have worked first, and no target twice', async () => {
  const store = createMemoryStore();
  const attack = (path: string, at: string, outcome: 'failed' | 'succeeded') =>
    buildDocument(
      { path, query: 'id=1', timestamp: at },
      { security_threat: true, threats: [threatOf('xss', 'other'), threatOf('sqli', path)], threat_outcome: outcome },
    );
  await store.write({
    documents: [
      attack('/old', '2026-11-22T01:00:00Z', 'succeeded'),
      attack('/a', '2026-11-22T02:00:00Z', 'failed'),
      attack('/a', '2026-11-22T03:00:00Z', 'failed'),
      attack('/b', '2026-11-22T04:00:00Z', 'failed'),
      attack('/c', '2026-11-22T05:00:00Z', 'failed'),
    ],
    deadLetters: [],
  });
  const { threats } = await buildReport(store);
  const sqli = threats.classes.find((entry) => entry.class === 'sqli');
  assert.deepEqual(sqli?.examples.map((example) => example.target), ['/old?id=1', '/c?id=1', '/b?id=1']); // prettier-ignore
  assert.deepEqual(sqli.examples.map((example) => example.evidence), ['/old', '/c', '/b']); // prettier-ignore
});

test('a filter holds for every part, also where a part has a condition of its own', async () => {
  const store = createMemoryStore();
  const bot = { name: 'Bot', kind: 'search', claim: 'claimed' } as const;
  await store.write({
    documents: [
      buildDocument({ ip_address: '192.0.2.1', host: 'a' }, { geo_country: 'Austria', is_bot: true, bot }),
      buildDocument({ ip_address: '192.0.2.1', host: 'b' }, { geo_country: 'Austria', security_threat: true, threats: [threatOf('xss', 'x')] }),
    ],
    deadLetters: [],
  });
  const ofHost = await buildReport(store, { filter: { equals: { host: 'a' } } });
  assert.deepEqual(ofHost.addresses, [{ value: '192.0.2.1', events: 1, bytes_sent: 5120, country: 'Austria' }]);
  assert.deepEqual([ofHost.bots.names.length, ofHost.threats.classes.length, ofHost.threats.addresses.length], [1, 0, 0]);
  const honest = await buildReport(store, { filter: { equals: { security_threat: false } } });
  assert.deepEqual([honest.totals.events, honest.threats.addresses], [1, []]);
});

test('dead letters show where they came from and their first bytes, as text or Latin-1', async () => {
  const store = createMemoryStore();
  await store.write({
    documents: [],
    deadLetters: [
      buildDeadLetter({ failed_at: '2026-11-22T01:00:00Z', origin: { topic: 'web_logs', partition: 3, offset: '17' } }, Buffer.from([0xe9, 0x21])),
      buildDeadLetter(
        { failed_at: '2026-11-22T02:00:00Z', origin: { source: 'w', log_file: '/var/a.log', log_offset: 9 } },
        Buffer.from('x'.repeat(5000)),
      ),
    ],
  });
  const [newer, older] = (await buildReport(store)).dead_letters.examples;
  assert.deepEqual([newer?.origin, newer?.head.length, newer?.raw_bytes], ['/var/a.log:9', 200, 5000]);
  assert.deepEqual([older?.origin, older?.head], ['web_logs/3/17', 'é!']);
});
