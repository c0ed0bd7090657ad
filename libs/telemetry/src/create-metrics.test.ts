import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { Registry } from 'prom-client';
import fc from 'fast-check';

import { createMetrics } from './create-metrics.ts';
import { metricDefinitions } from './metric-definitions.ts';
import { renderMetricsDocs } from './render-metrics-docs.ts';

import type { Metrics, ProcessRole } from './create-metrics.ts';
import type { MetricDefinition } from './metric-definitions.ts';

/** Samples of one scrape by `name{label="value"}`, as a Prometheus server reads them. */
async function scrape({ registry }: Metrics): Promise<Map<string, number>> {
  const samples = new Map<string, number>();
  for (const line of (await registry.metrics()).split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    samples.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return samples;
}

function reportEverything(metrics: Metrics): void {
  const { ingestion, indexing } = metrics;
  ingestion.linesReceived(10, 2000);
  ingestion.linesDeadLettered('unparsable', 1);
  ingestion.linesDropped('blank', 2);
  ingestion.batchPublished(8, 1900, 0.02);
  ingestion.rateLimitHits(3);
  ingestion.bytesBehind(77);
  ingestion.filesWatched(4);
  ingestion.rotationSeen('truncated');
  indexing.recordsReceived(8);
  indexing.recordsStored(5);
  indexing.recordsDuplicate(2);
  indexing.recordsDeadLettered('unparsable', 1);
  indexing.stage('store', 0.01);
  indexing.eventToStored(0.5);
  indexing.threats('sqli', 'high', 2);
  indexing.threats('<script>', 'low', 1);
  indexing.bots('ai', 1);
  indexing.storeRetry('STORE_UNAVAILABLE');
  indexing.storeRetry('203.0.113.7');
  indexing.storeErrors('STORE_FULL', 1);
  indexing.storeErrors('/etc/passwd', 1);
  indexing.alertRaised('flagged_address');
  metrics.registerCaches(() => ({ address: { hits: 5, misses: 2, entries: 3 } }));
}

describe('names', () => {
  test('those of the original exist exactly, and active_connections is 0 before Kafka', async () => {
    const metrics = createMetrics();
    const text = await metrics.registry.metrics();
    for (const [name, type] of Object.entries({
      logs_processed_total: 'counter', logs_failed_total: 'counter', log_processing_seconds: 'histogram',
      active_connections: 'gauge', kafka_consumer_lag: 'gauge', elasticsearch_errors_total: 'counter',
    })) assert.ok(text.includes(`# TYPE ${name} ${type}\n`), name); // prettier-ignore
    assert.equal((await scrape(metrics)).get('active_connections'), 0);
    assert.doesNotMatch(text, /^kafka_consumer_lag/m);
  });

  test('docs/metrics.md lists exactly what the registry has', () => {
    const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map((match) => match[1]);
    const registered = createMetrics().registry.getMetricsAsArray().map(({ name }) => name); // prettier-ignore
    assert.deepEqual(listed.toSorted(), registered.toSorted());
    assert.ok(page.endsWith(renderMetricsDocs()), 'docs/metrics.md is out of date: node tools/generate-docs.ts');
  });

  test('follow the rules of Prometheus', () => {
    for (const { name, type, help } of Object.values(metricDefinitions) as MetricDefinition[]) {
      assert.match(name, /^(?:sluice_|logs_|log_processing|active_conn|kafka_consumer|elasticsearch_err)[a-z_]*$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.match(help, /\.$/);
    }
  });
});

describe('samples', () => {
  test('say what was reported', async () => {
    const metrics = createMetrics();
    reportEverything(metrics);
    const samples = await scrape(metrics);
    const expected: Record<string, number> = {
      logs_processed_total: 7,
      logs_failed_total: 1,
      log_processing_seconds_count: 1,
      sluice_records_received_total: 10,
      'sluice_records_dropped_total{reason="blank"}': 2,
      'sluice_records_dead_lettered_total{reason="unparsable"}': 1,
      'sluice_records_dead_lettered_total{reason="rejected"}': 0,
      sluice_records_in_flight: 0,
      sluice_read_bytes_total: 2000,
      sluice_rate_limit_hits_total: 3,
      sluice_source_behind_bytes: 77,
      sluice_files_watched: 4,
      'sluice_rotations_total{kind="truncated"}': 1,
      'sluice_threats_total{class="sqli",severity="high"}': 2,
      'sluice_threats_total{class="other",severity="low"}': 1,
      'sluice_store_retries_total{code="STORE_UNAVAILABLE"}': 1,
      'sluice_store_retries_total{code="other"}': 1,
      'elasticsearch_errors_total{kind="STORE_FULL"}': 1,
      'elasticsearch_errors_total{kind="other"}': 1,
      'sluice_cache_hits_total{cache="address"}': 5,
      'sluice_cache_entries{cache="address"}': 3,
      'sluice_event_to_stored_seconds_bucket{le="0.5"}': 1,
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(samples.get(name), value, name);
  });

  test('have labels from the closed sets of the table and from nowhere else', async () => {
    const metrics = createMetrics({ processMetrics: false, version: '1.2.3', commit: 'abc' });
    reportEverything(metrics);
    const definitions = new Map(Object.values(metricDefinitions).map((definition): [string, MetricDefinition] => [definition.name, definition]));
    for (const { name, values } of await metrics.registry.getMetricsAsJSON()) {
      for (const { labels } of values) {
        for (const [label, value] of Object.entries(labels).filter(([key]) => key !== 'le')) {
          const allowed = definitions.get(name)?.labels?.[label];
          assert.ok(typeof allowed === 'string' || allowed?.includes(String(value)), `${name} ${label}=${String(value)}`);
        }
      }
    }
  });

  test('of caches are read anew at each scrape', async () => {
    const metrics = createMetrics({ processMetrics: false });
    let hits = 1;
    metrics.registerCaches(() => ({ target: { hits, misses: 0, entries: 0 } }));
    metrics.registerCaches(() => ({ user_agent: { hits: 9, misses: 0, entries: 0 } }));
    await scrape(metrics);
    hits = 4;
    const samples = await scrape(metrics);
    assert.equal(samples.get('sluice_cache_hits_total{cache="target"}'), 4);
    assert.equal(samples.get('sluice_cache_hits_total{cache="user_agent"}'), 9);
  });

  test('of two instances do not meet, and a count that is none harms nobody', async () => {
    const [one, two] = [createMetrics({ registry: new Registry() }), createMetrics()];
    one.indexing.recordsStored(3);
    two.indexing.recordsStored(0);
    two.indexing.recordsStored(NaN);
    two.ingestion.batchPublished(-1, NaN, -5);
    assert.equal((await scrape(one)).get('sluice_records_stored_total'), 3);
    assert.equal((await scrape(two)).get('sluice_records_stored_total'), 0);
  });
});

describe('received = stored + duplicate + dead_lettered + dropped + in flight', () => {
  const roles: Record<ProcessRole, (metrics: Metrics, count: number) => void> = {
    all: ({ ingestion, indexing }, count) => {
      ingestion.linesReceived(count * 5, 1);
      ingestion.linesDropped('blank', count);
      ingestion.linesDeadLettered('unparsable', count);
      indexing.recordsReceived(count * 4);
      indexing.recordsDeadLettered('unparsable', count);
      indexing.recordsDuplicate(count);
      indexing.recordsStored(count);
    },
    ingest: ({ ingestion }, count) => {
      ingestion.linesReceived(count * 5, 1);
      ingestion.linesDropped('blank', count);
      ingestion.linesDeadLettered('unparsable', count);
      ingestion.batchPublished(count * 3, 1, 1);
    },
    indexer: ({ indexing }, count) => {
      indexing.recordsReceived(count * 4);
      indexing.recordsStored(count);
      indexing.recordsDuplicate(count);
      indexing.recordsDeadLettered('undecodable', count);
    },
  };
  for (const [role, report] of Object.entries(roles)) {
    test(`holds for the samples of ${role}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 1000 }), async (count) => {
          const metrics = createMetrics({ role: role as ProcessRole, processMetrics: false });
          report(metrics, count);
          const samples = await scrape(metrics);
          const sum = (name: string): number => [...samples].filter(([key]) => key.split('{')[0] === name).reduce((total, [, value]) => total + value, 0); // prettier-ignore
          assert.equal(sum('sluice_records_in_flight'), count);
          const ended = role === 'ingest' ? sum('sluice_records_published_total') : sum('sluice_records_stored_total') + sum('sluice_records_duplicate_total') + sum('sluice_records_dead_lettered_total'); // prettier-ignore
          assert.equal(sum('sluice_records_received_total'), ended + sum('sluice_records_dropped_total') + count);
          assert.equal(metrics.balance().inFlight, count);
        }),
        { numRuns: 10 },
      );
    });
  }
});
