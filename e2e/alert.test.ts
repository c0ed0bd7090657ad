/**
 * One alert for an address that attacks often enough, in the log and at the webhook.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { waitFor } from '@sluice/testing';

import { parseObject } from './support/json-text.ts';
import { startDaemon, waitForEvents, writeDaemonConfig } from './support/daemon.ts';
import { createSandbox } from './support/sandbox.ts';

import type { AddressInfo } from 'node:net';
import type { JsonObject } from './support/json-text.ts';

const attack = (address: string, number: number): string =>
  `${address} - - [22/Nov/2026:13:55:${String(number).padStart(2, '0')} +0000] "GET /download?file=../../../../etc/passwd&n=${number} HTTP/1.1" 404 5 "-" "curl/8.5.0"\n`;
const visit = (number: number): string =>
  `198.51.100.7 - - [22/Nov/2026:13:55:${String(number).padStart(2, '0')} +0000] "GET /shop/${number} HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"\n`;

test('twenty attacks of one address raise one alert; four of another and honest requests raise none', async (t) => {
  const posts: JsonObject[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      posts.push({ method: request.method, url: request.url, body: parseObject(Buffer.concat(chunks).toString()) });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;

  const sandbox = await createSandbox(t);
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const path = sandbox.write('access.log', numbers.map((n) => visit(n) + attack('203.0.113.66', n) + (n < 4 ? attack('203.0.113.67', n) : '')).join('')); // prettier-ignore
  const config = writeDaemonConfig(sandbox, {
    paths: [path],
    // Many small batches: the count goes over them.
    performance: { batch_size: 3 },
    monitoring: { alert_threshold: 5, window_seconds: 300, alert_webhook: `http://127.0.0.1:${port}/hook` },
  });
  const daemon = await startDaemon(sandbox, config);
  await waitForEvents(sandbox, 44);
  assert.deepEqual(await sandbox.query('SELECT ip_address, count(*) AS n FROM events WHERE security_threat GROUP BY 1 ORDER BY 1'), [
    { ip_address: '203.0.113.66', n: 20 },
    { ip_address: '203.0.113.67', n: 4 },
  ]);
  await waitFor(() => posts.length > 0);
  assert.equal((await daemon.metrics()).get('sluice_alerts_total'), 1);
  await daemon.stop();

  const alerts = daemon.logLines().filter(({ logger }) => logger === 'alerts');
  assert.equal(alerts.length, 1, JSON.stringify(alerts));
  assert.equal(alerts[0]?.['level'], 'warn');
  assert.match(String(alerts[0]['message']), /203\.0\.113\.66/);

  assert.equal(posts.length, 1, JSON.stringify(posts));
  const { method, url, body } = posts[0]!;
  assert.deepEqual([method, url], ['POST', '/hook']);
  const { kind, subject, count, windowSeconds, raisedAt } = body as JsonObject;
  assert.deepEqual({ kind, subject, windowSeconds }, { kind: 'flagged_address', subject: '203.0.113.66', windowSeconds: 300 });
  assert.ok(Number(count) >= 5 && Number(count) <= 20);
  assert.ok(!Number.isNaN(Date.parse(String(raisedAt))));
});
