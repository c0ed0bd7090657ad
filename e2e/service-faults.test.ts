/**
 * The services while something is killed: an indexer, the ingest, the broker, OpenSearch. At the end every line is there, once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { createRandom, sharedKafka, sharedOpenSearch, startKafka, startOpenSearch, waitFor } from '@sluice/testing';

import { createCluster } from './support/cluster.ts';
import { assertNumbered, createNumberedLog, keepAppending } from './support/numbered-log.ts';
import { createSandbox } from './support/sandbox.ts';
import { metricsOf } from './support/service-metrics.ts';

import type { Cluster } from './support/cluster.ts';
import type { NumberedLog } from './support/numbered-log.ts';

/** Slow enough that a kill falls into the work. */
const slowIndexer = { SLUICE_PERFORMANCE__BATCH_SIZE: '200', SLUICE_PERFORMANCE__MAX_WORKERS: '2' };

async function assertOnce(cluster: Cluster, log: NumberedLog): Promise<void> {
  await cluster.waitForDocuments(log.events);
  assertNumbered(await cluster.documents(), { one: log });
  assert.equal((await cluster.deadLetters(log.broken)).length, log.broken);
}

test('a third of the indexers killed in mid-run, again and again', async (t) => {
  const sandbox = await createSandbox(t);
  const [kafka, search] = await Promise.all([sharedKafka(), sharedOpenSearch()]);
  const cluster = createCluster(sandbox, { name: 'kill-indexer', bootstrapServers: kafka.bootstrapServers, openSearchUrl: search.url });
  const log = createNumberedLog(sandbox, 'access.log', 'one', 911);
  log.append(60_000);
  await cluster.ingestFiles([log.path]);
  const indexers = await Promise.all([1, 2, 3].map(() => cluster.startIndexer(slowIndexer)));
  await cluster.waitForDocuments(1);
  const counts: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const victim = indexers.shift();
    assert.equal((await victim?.process.kill())?.signal, 'SIGKILL');
    counts.push(await cluster.countDocuments());
    indexers.push(await cluster.startIndexer(slowIndexer));
  }
  assert.ok(counts[0] !== undefined && counts[0] < log.events, `killed in mid-run: ${counts.join(' ')} of ${log.events}`);
  await assertOnce(cluster, log);
  t.diagnostic('covered: SIGKILL of one indexer of three, twice, in mid-run');
});

test('an ingest that is killed at any moment while the log grows', async (t) => {
  const sandbox = await createSandbox(t);
  const random = createRandom(912);
  const [kafka, search] = await Promise.all([sharedKafka(), sharedOpenSearch()]);
  const cluster = createCluster(sandbox, { name: 'kill-ingest', bootstrapServers: kafka.bootstrapServers, openSearchUrl: search.url });
  const log = createNumberedLog(sandbox, 'access.log', 'one', 912);
  log.append(2000);
  await cluster.startIndexer();
  const writer = keepAppending(t, log, random);
  for (let round = 0; round < 4; round += 1) {
    const ingest = await cluster.startIngest([log.path], { SLUICE_PERFORMANCE__BATCH_SIZE: '100' });
    await waitFor(async () => ((await metricsOf(ingest)).get('sluice_records_published_total') ?? 0) > 0);
    await pause(random.int(500));
    assert.equal((await ingest.process.kill()).signal, 'SIGKILL');
  }
  await writer.stop();
  const ingest = await cluster.startIngest([log.path]);
  await assertOnce(cluster, log);
  const { exitCode, stderr } = await ingest.process.kill('SIGTERM');
  assert.equal(exitCode, 0, stderr.slice(-2000));
  t.diagnostic('covered: SIGKILL of ingest, four times, while the log grows');
});

for (const producer of ['platformatic', 'kafkajs']) {
  test(`a broker killed and started again while ${producer} publishes and indexers consume`, async (t) => {
    const sandbox = await createSandbox(t);
    const [kafka, search] = await Promise.all([startKafka(), sharedOpenSearch()]);
    t.after(() => kafka.stop());
    const cluster = createCluster(sandbox, {
      name: `kill-broker-${producer}`,
      bootstrapServers: kafka.bootstrapServers,
      openSearchUrl: search.url,
      env: { SLUICE_KAFKA__PRODUCER: producer, SLUICE_KAFKA__RETRY_MAX_DELAY_MS: '1000' },
    });
    const log = createNumberedLog(sandbox, 'access.log', 'one', 913);
    log.append(20_000);
    const ingest = await cluster.startIngest([log.path], { SLUICE_PERFORMANCE__RATE_LIMIT: '8000', SLUICE_PERFORMANCE__BATCH_SIZE: '100' });
    await Promise.all([cluster.startIndexer(slowIndexer), cluster.startIndexer(slowIndexer)]);
    await cluster.waitForDocuments(1000);
    await kafka.kill('SIGKILL');
    log.append(5000);
    await waitFor(async () => (await ingest.get('/ready')).status === 503, 30_000, 'ingest to say that it is not ready');
    assert.match((await ingest.get('/ready')).text, /kafka/i);
    assert.equal((await ingest.get('/live')).status, 200, 'a restart would not help');
    await kafka.restart();
    await assertOnce(cluster, log);
    await waitFor(async () => (await ingest.get('/ready')).status === 200, 30_000, 'ingest to be ready again');
    t.diagnostic(`covered: SIGKILL and restart of the broker, publishing with ${producer}`);
  });
}

test('OpenSearch killed, an indexer killed meanwhile, OpenSearch started again: indexers pause, rebalance, then go on by themselves', async (t) => {
  const sandbox = await createSandbox(t);
  const [kafka, search] = await Promise.all([sharedKafka(), startOpenSearch()]);
  t.after(() => search.stop());
  const cluster = createCluster(sandbox, { name: 'kill-opensearch', bootstrapServers: kafka.bootstrapServers, openSearchUrl: search.url });
  const log = createNumberedLog(sandbox, 'access.log', 'one', 914);
  log.append(40_000);
  const [victim, ...indexers] = await Promise.all([1, 2, 3].map(() => cluster.startIndexer(slowIndexer)));
  await cluster.ingestFiles([log.path]);
  await cluster.waitForDocuments(1000);
  await search.kill('SIGKILL');
  await waitFor(
    async () => (await Promise.all(indexers.map((one) => one.get('/ready')))).some(({ status }) => status === 503),
    30_000,
    'an indexer that is not ready',
  );
  await waitFor(
    async () =>
      /sluice_breaker_state\{state="open"\} 1/.test((await Promise.all(indexers.map((one) => one.get('/metrics')))).map(({ text }) => text).join('')),
    30_000,
    'an open breaker',
  );
  for (const indexer of indexers) assert.equal((await indexer.get('/live')).status, 200);
  // The group rebalances while its members are paused: what waited for the store is given up, and nobody may stay paused for it.
  const rebalances = async (): Promise<number[]> =>
    Promise.all(indexers.map(async (one) => (await metricsOf(one)).get('sluice_consumer_rebalances_total') ?? 0));
  const before = await rebalances();
  await victim?.process.kill();
  await waitFor(async () => (await rebalances()).every((count, index) => count > (before[index] ?? 0)), 60_000, 'a rebalance');
  await search.restart();
  await assertOnce(cluster, log);
  t.diagnostic('covered: SIGKILL and restart of OpenSearch, with a rebalance meanwhile');
});
