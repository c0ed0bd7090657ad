/**
 * What replicas share through Redis: one alert for all of them, one session for a visitor wherever its requests land, one rate
 * limit; and what happens when Redis goes away.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { sharedKafka, sharedOpenSearch, startRedis, waitFor } from '@sluice/testing';

import { createCluster } from './support/cluster.ts';
import { createSandbox } from './support/sandbox.ts';

import type { AddressInfo } from 'node:net';

const attacker = '203.0.113.66';
const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const lineAt = (second: number, path: string, client = attacker): string =>
  `${client} - - [22/Nov/2026:13:${String(10 + Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "GET ${path} HTTP/1.1" 200 512 "-" "${agent}"\n`;

test('two indexers raise one alert together, and give a visitor one session', async (t) => {
  const sandbox = await createSandbox(t);
  const [kafka, search, redis] = await Promise.all([sharedKafka(), sharedOpenSearch(), startRedis()]);
  t.after(() => redis.stop());
  const alerts: { kind: string; subject: string }[] = [];
  const webhook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      alerts.push(JSON.parse(body) as { kind: string; subject: string });
      response.end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  t.after(() => webhook.close());
  const cluster = createCluster(sandbox, {
    name: 'shared-state',
    bootstrapServers: kafka.bootstrapServers,
    openSearchUrl: search.url,
    env: {
      SLUICE_REDIS__HOST: redis.host,
      SLUICE_REDIS__PORT: String(redis.port),
      SLUICE_SESSIONS__ENABLED: 'true',
      SLUICE_MONITORING__ALERT_THRESHOLD: '150',
      SLUICE_MONITORING__WINDOW_SECONDS: '3600',
      SLUICE_MONITORING__ALERT_WEBHOOK: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
      SLUICE_PERFORMANCE__BATCH_SIZE: '50',
    },
  });
  const indexers = await Promise.all([cluster.startIndexer(), cluster.startIndexer()]);
  // 200 attacks within one window, in batches of 50 over four partitions: no indexer alone sees 150 of them.
  const lines = Array.from({ length: 200 }, (_, index) => lineAt(index, `/?q=${index}&f=../../etc/passwd`));
  const path = sandbox.write('access.log', lines.join(''));
  await cluster.ingestFiles([path], { env: { SLUICE_PERFORMANCE__BATCH_SIZE: '50' } });
  await cluster.waitForDocuments(200);
  await waitFor(() => alerts.length > 0, 20_000, 'an alert');
  assert.deepEqual(
    alerts.map(({ kind, subject }) => [kind, subject]),
    [['flagged_address', attacker]],
  );
  const sessions = new Set((await cluster.documents()).map(({ session_id: session }) => session));
  assert.equal(sessions.size, 1, [...sessions].join(' '));
  assert.ok(typeof [...sessions][0] === 'string');

  await redis.kill('SIGKILL');
  sandbox.write('second.log', Array.from({ length: 100 }, (_, index) => lineAt(index, `/after/${index}`, '203.0.113.67')).join(''));
  await cluster.ingestFiles([sandbox.path('second.log')]);
  await cluster.waitForDocuments(300);
  for (const indexer of indexers) {
    const ready = await indexer.get('/ready');
    assert.equal(ready.status, 200, `ready without Redis: ${ready.text}`);
    assert.equal(
      indexer.process.stderr.split('\n').filter((line) => line.includes('"level":"warn"') && /redis/i.test(line)).length <= 2,
      true,
      indexer.process.stderr,
    );
  }
  await redis.restart();
  await waitFor(
    async () =>
      (await Promise.all(indexers.map((one) => one.get('/health')))).every(({ text }) => (JSON.parse(text) as { status: string }).status === 'ok'),
    30_000,
    'Redis to be there again',
  );
  t.diagnostic('covered: alerts and sessions shared through Redis; Redis killed and started again');
});
