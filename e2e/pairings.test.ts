/**
 * Any transport goes with any store, by the same command: file -> OpenSearch without Kafka, and file -> Kafka -> DuckDB.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sharedKafka, sharedOpenSearch } from '@sluice/testing';

import { createCluster, versionOf } from './support/cluster.ts';
import { objectAt, parseObject } from './support/json-text.ts';
import { createSandbox } from './support/sandbox.ts';
import { assertEvents, assertEventsStored, assertLetters, buildTruthLog } from './support/truth-log.ts';

for (const version of ['3', '2'] as const) {
  test(`memory + opensearch ${version}: a file goes straight into the index, its report comes from there`, async (t) => {
    const sandbox = await createSandbox(t);
    const search = await sharedOpenSearch(version);
    const cluster = createCluster(sandbox, { name: `memory-opensearch-${version}`, bootstrapServers: 'localhost:1', openSearchUrl: search.url });
    const log = buildTruthLog(5000, { seed: 931, attackShare: 0.02 });
    const path = sandbox.write('access.log', log.bytes);
    const env = { ...cluster.env, SLUICE_PIPELINE__STORE: 'opensearch' };

    const first = await sandbox.runBundle('sluice', ['--json', '--file', path], { env });
    assert.equal(first.exitCode, 0, first.stderr);
    const printed = parseObject(first.stdout);
    assert.equal(objectAt(printed, 'run')['stored'], log.events.size);
    const totals = objectAt(objectAt(printed, 'report'), 'totals');
    assert.equal(totals['events'], log.events.size);
    assert.equal(totals['dead_letters'], log.broken.size);
    assertEvents(await cluster.documents(), log);
    const response = await fetch(`${search.url}/sluice-dead-letters-${cluster.index}/_search?size=1000`);
    const hits = objectAt(parseObject(await response.text()), 'hits')['hits'] as { _source: never }[];
    assertLetters(
      hits.map(({ _source: letter }) => letter),
      log,
    );

    const again = await sandbox.runBundle('sluice', ['--json', '--file', path], { env });
    assert.equal(objectAt(parseObject(again.stdout), 'run')['duplicates'], log.events.size + log.broken.size);
    const report = await sandbox.runBundle('sluice', ['report'], { env });
    assert.match(report.stdout, /Threats/i);
    const query = await sandbox.runBundle('sluice', ['query', 'SELECT 1 FROM events'], { env });
    assert.equal(query.exitCode, 2);
    assert.match(query.stderr, /embedded store/);
    t.diagnostic(`covered: file -> sluice -> OpenSearch ${await versionOf(search.url)}, without Kafka`);
  });
}

test('kafka + duckdb: one process publishes, consumes and stores; the run ends when all of it is stored', async (t) => {
  const sandbox = await createSandbox(t);
  const kafka = await sharedKafka();
  const cluster = createCluster(sandbox, { name: 'kafka-duckdb', bootstrapServers: kafka.bootstrapServers, openSearchUrl: 'http://localhost:1' });
  const log = buildTruthLog(5000, { seed: 932, attackShare: 0.02 });
  const path = sandbox.write('access.log', log.bytes);
  const env = { ...cluster.env, SLUICE_PIPELINE__TRANSPORT: 'kafka' };
  for (const expected of [log.events.size, 0]) {
    const { exitCode, stdout, stderr } = await sandbox.runBundle('sluice', ['--json', '--file', path], { env });
    assert.equal(exitCode, 0, stderr);
    assert.equal(objectAt(parseObject(stdout), 'run')['stored'], expected);
  }
  await assertEventsStored(sandbox, log);
  assertLetters(await cluster.deadLetters(log.broken.size), log);
  t.diagnostic('covered: file -> sluice -> Kafka -> sluice -> DuckDB');
});
