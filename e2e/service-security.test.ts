/**
 * TLS and passwords, right and wrong, through the whole way.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sharedOpenSearch, startKafka, waitFor } from '@sluice/testing';

import { createCluster } from './support/cluster.ts';
import { assertNumbered, createNumberedLog } from './support/numbered-log.ts';
import { startPasswordProxy } from './support/password-proxy.ts';
import { createSandbox } from './support/sandbox.ts';

for (const producer of ['platformatic', 'kafkajs']) {
  test(`by TLS and SCRAM-SHA-512 with ${producer}; with a wrong password nothing is lost and nothing is printed`, async (t) => {
    const sandbox = await createSandbox(t);
    const [kafka, search] = await Promise.all([startKafka({ security: true }), sharedOpenSearch()]);
    t.after(() => kafka.stop());
    const [user] = kafka.users;
    assert.ok(user !== undefined && kafka.sasl !== undefined && kafka.ca !== undefined);
    const caFile = sandbox.write('kafka-ca.pem', kafka.ca);
    const cluster = createCluster(sandbox, {
      name: `secure-${producer}`,
      bootstrapServers: kafka.bootstrapServers,
      openSearchUrl: search.url,
      env: {
        SLUICE_KAFKA__BOOTSTRAP_SERVERS: kafka.sasl.tls,
        SLUICE_KAFKA__PRODUCER: producer,
        SLUICE_KAFKA__TLS: 'true',
        SLUICE_KAFKA__TLS_CA: `{file: ${caFile}}`,
        SLUICE_KAFKA__SASL_MECHANISM: 'scram-sha-512',
        SLUICE_KAFKA__SASL_USERNAME: user.username,
        SLUICE_KAFKA__SASL_PASSWORD: user.password,
        SLUICE_KAFKA__RETRY_MAX_DELAY_MS: '1000',
      },
    });
    const log = createNumberedLog(sandbox, 'access.log', 'one', 921);
    log.append(3000);

    const wrong = 'wrong horse battery';
    const refused = await cluster.startIngest([log.path], { SLUICE_KAFKA__SASL_PASSWORD: wrong });
    await waitFor(async () => (await refused.get('/ready')).status === 503, 30_000, 'ingest to say that it is not ready');
    await refused.process.waitForLine('KAFKA_UNAUTHORIZED', 30_000);
    const { stderr } = await refused.process.kill('SIGTERM');
    assert.ok(!stderr.includes(wrong), 'the password is not in the log');

    await cluster.startIndexer();
    await cluster.startIngest([log.path]);
    await cluster.waitForDocuments(log.events);
    assertNumbered(await cluster.documents(), { one: log });
    t.diagnostic(`covered: Kafka by TLS and SCRAM-SHA-512 with ${producer}, right and wrong password`);
  });
}

test('an OpenSearch that refuses the password pauses indexers; they go on by themselves once it takes it', async (t) => {
  const sandbox = await createSandbox(t);
  const [kafka, search] = await Promise.all([startKafka(), sharedOpenSearch()]);
  t.after(() => kafka.stop());
  const proxy = await startPasswordProxy(t, search.url, sandbox.folder);
  const cluster = createCluster(sandbox, {
    name: 'wrong-password',
    bootstrapServers: kafka.bootstrapServers,
    openSearchUrl: search.url,
    env: {
      SLUICE_ELASTICSEARCH__HOST: proxy.url,
      SLUICE_ELASTICSEARCH__TLS_CA: `{file: ${proxy.caFile}}`,
      SLUICE_ELASTICSEARCH__USERNAME: 'sluice',
      SLUICE_ELASTICSEARCH__PASSWORD: 'battery staple',
      SLUICE_RETRY__MAX_DELAY_MS: '500',
    },
  });
  proxy.accept('sluice', 'something else');
  const log = createNumberedLog(sandbox, 'access.log', 'one', 922);
  log.append(3000);
  await cluster.ingestFiles([log.path]);
  const indexer = await cluster.startIndexer();
  await indexer.process.waitForLine('STORE_UNAUTHORIZED', 30_000);
  assert.equal((await indexer.get('/ready')).status, 503);
  assert.equal((await indexer.get('/live')).status, 200);
  assert.equal(await cluster.countDocuments(), 0);

  proxy.accept('sluice', 'battery staple');
  await cluster.waitForDocuments(log.events);
  assertNumbered(await cluster.documents(), { one: log });
  assert.equal((await cluster.deadLetters(log.broken)).length, log.broken, 'no event became a dead letter');
  assert.ok(!indexer.process.stderr.includes('battery staple'), 'the password is not in the log');
  t.diagnostic('covered: OpenSearch by TLS and a password, wrong at first (a proxy demands both)');
});
