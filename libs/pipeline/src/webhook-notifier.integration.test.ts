import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { createRecordingLogger } from '@sluice/testing';

import { createWebhookNotifier } from './webhook-notifier.ts';

import type { Alert } from '@sluice/indexing';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

const alert: Alert = { kind: 'flagged_address', subject: '203.0.113.9', count: 12, windowSeconds: 300, raisedAt: '2026-11-23T00:00:00.000Z' };

async function webhook(t: TestContext, statuses: number[]) {
  const bodies: unknown[] = [];
  const credentials: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    credentials.push(request.headers.authorization);
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(JSON.parse(body));
      response.writeHead(statuses[bodies.length - 1] ?? 200).end('whatever');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, bodies, credentials };
}

test('an alert arrives as JSON, once', async (t) => {
  const { url, bodies } = await webhook(t, []);
  const logger = createRecordingLogger();
  await createWebhookNotifier(url, logger)(alert);
  assert.deepEqual(bodies, [alert]);
  assert.deepEqual(logger.entries, []);
});

test('a webhook that fails for a moment gets the alert on a later try', async (t) => {
  const { url, bodies } = await webhook(t, [503, 500, 200]);
  const logger = createRecordingLogger();
  await createWebhookNotifier(url, logger)(alert);
  assert.equal(bodies.length, 3);
  assert.deepEqual(logger.entries, []);
});

test('a webhook that is gone costs one warning and never an exception', async () => {
  const logger = createRecordingLogger();
  await createWebhookNotifier('http://127.0.0.1:9/hook', logger)(alert);
  assert.equal(logger.messages('warn').length, 1);
});

test('a redirect is not followed: the alert goes where the operator said or nowhere', async (t) => {
  const { url, bodies } = await webhook(t, [302, 302, 302]);
  const logger = createRecordingLogger();
  await createWebhookNotifier(url, logger)(alert);
  assert.equal(bodies.length, 3);
  assert.equal(logger.messages('warn').length, 1);
});

test('user and password of the address are sent as credentials', async (t) => {
  const { url, bodies, credentials } = await webhook(t, []);
  const logger = createRecordingLogger();
  await createWebhookNotifier(url.replace('//', '//ops:p%40ss%25w%C3%B6rd@'), logger)(alert);
  assert.deepEqual(bodies, [alert]);
  assert.deepEqual(credentials, [`Basic ${Buffer.from('ops:p@ss%wörd').toString('base64')}`]);
  assert.deepEqual(logger.entries, []);
});

test('a failure shows nothing of the address', async () => {
  const logger = createRecordingLogger();
  await createWebhookNotifier('http://ops:s3cret@127.0.0.1:9/hook?token=s3cret', logger)(alert);
  assert.equal(logger.messages('warn').length, 1);
  assert.doesNotMatch(JSON.stringify(logger.entries), /s3cret/);
});
