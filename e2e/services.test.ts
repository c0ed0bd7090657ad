/**
 * file -> ingest -> Kafka -> indexer x2 -> OpenSearch, by the bundles that the images run, over real services: every line ends
 * as a document or as a dead letter, field by field and byte by byte, once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sharedKafka, sharedOpenSearch, waitFor } from '@sluice/testing';

import { createCluster, versionOf } from './support/cluster.ts';
import { assertBalance, metricsOf } from './support/service-metrics.ts';
import { createSandbox } from './support/sandbox.ts';
import { assertEvents, assertLetters, buildTruthLog } from './support/truth-log.ts';

const matrix = [
  { producer: 'platformatic', compression: 'snappy', opensearch: '3' },
  { producer: 'kafkajs', compression: 'zstd', opensearch: '2' },
] as const;

for (const { producer, compression, opensearch } of matrix) {
  test(`20,000 lines through ${producer} (${compression}) and two indexers into OpenSearch ${opensearch}`, async (t) => {
    const sandbox = await createSandbox(t);
    const [kafka, search] = await Promise.all([sharedKafka(), sharedOpenSearch(opensearch)]);
    const cluster = createCluster(sandbox, {
      name: `services-${producer}-${opensearch}`,
      bootstrapServers: kafka.bootstrapServers,
      openSearchUrl: search.url,
      env: { SLUICE_KAFKA__PRODUCER: producer, SLUICE_KAFKA__COMPRESSION: compression },
    });
    const log = buildTruthLog(20_000, { seed: 901, attackShare: 0.02 });
    const path = sandbox.write('logs/access.log', log.bytes);
    const indexers = await Promise.all([cluster.startIndexer(), cluster.startIndexer()]);

    const run = await cluster.ingestFiles([path]);
    assert.equal(run['events'], log.events.size);
    await cluster.waitForDocuments(log.events.size);
    assertEvents(await cluster.documents(), log);
    assertLetters(await cluster.deadLetters(log.broken.size), log);

    await t.test('the same file again stores nothing twice', async () => {
      await cluster.ingestFiles([path]);
      await waitFor(async () => (await sum(indexers, 'sluice_records_duplicate_total')) >= log.events.size, 60_000, 'all of them to be duplicates');
      assert.equal(await cluster.countDocuments(), log.events.size);
    });

    await t.test('both indexers worked, are ready, and account for every record', async () => {
      for (const indexer of indexers) {
        const ready = await indexer.get('/ready');
        assert.equal(ready.status, 200, ready.text);
        await assertBalance(indexer);
        const metrics = await metricsOf(indexer);
        assert.ok((metrics.get('sluice_records_received_total') ?? 0) > 0, 'has consumed');
        for (const name of [
          'logs_processed_total',
          'logs_failed_total',
          'log_processing_seconds_count',
          'active_connections',
          'kafka_consumer_lag',
          'elasticsearch_errors_total',
        ]) {
          assert.ok(metrics.has(name), name);
        }
        const { components } = JSON.parse((await indexer.get('/health')).text) as { components: Record<string, { status: string }> };
        assert.equal(components['kafka']?.status, 'ok');
        assert.equal(components['opensearch']?.status, 'ok');
      }
    });

    t.diagnostic(`covered: file -> ingest (${producer}, ${compression}) -> Kafka -> 2 indexers -> OpenSearch ${await versionOf(search.url)}`);

    await t.test('SIGTERM ends an indexer with 0', async () => {
      for (const indexer of indexers) {
        const { exitCode, stderr } = await indexer.process.kill('SIGTERM');
        assert.equal(exitCode, 0, stderr.slice(-2000));
      }
    });
  });
}

async function sum(services: readonly Parameters<typeof metricsOf>[0][], name: string): Promise<number> {
  let total = 0;
  for (const service of services) total += (await metricsOf(service)).get(name) ?? 0;
  return total;
}
