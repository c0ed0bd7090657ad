/**
 * A real cluster behind what stands before it in production. The security plugin cannot be had for these tests: TLS and
 * passwords are demanded by a proxy of our own.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { before, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { buildDocument, createCertificates, createRecordingLogger, sharedOpenSearch, temporaryFolder } from '@sluice/testing';

import { startGuardProxy } from './testing/guard-proxy.ts';
import { openTestStore } from './testing/open-test-store.ts';

import type { ElasticsearchConfig } from '@sluice/config';
import type { ErrorCode } from '@sluice/errors';
import type { Certificates } from '@sluice/testing';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { GuardProxyOptions } from './testing/guard-proxy.ts';

let url = '';
let certificates: Certificates;

before(async (t) => {
  ({ url } = await sharedOpenSearch('3'));
  certificates = await createCertificates(await temporaryFolder(t as TestContext));
});

async function openBehind(
  t: TestContext,
  proxyOptions: GuardProxyOptions,
  overrides: (proxy: string) => Partial<ElasticsearchConfig> = (host) => ({ host }),
) {
  const proxy = await startGuardProxy(url, proxyOptions);
  const logger = createRecordingLogger();
  const opened = openTestStore(url, overrides(proxy.url), { logger });
  t.after(async () => {
    await opened.remove();
    await proxy.stop();
  });
  return { ...opened, proxy, logger };
}

const batchOf = (count: number, path = '/') => ({ documents: Array.from({ length: count }, () => buildDocument({ path })), deadLetters: [] });
const is = (code: ErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(isSluiceError(error, code), String(error));
  assert.match(error.message, message);
  assert.doesNotMatch(`${error.message}${error.stack ?? ''}${JSON.stringify(error)}`, /s3cret|c2x1aWNl/, 'no password in what is logged');
  return error.retryable;
};

const guarded = (): GuardProxyOptions => ({ tls: certificates, credentials: 'sluice:s3cret' });

test('stores over TLS with a password (both demanded by a proxy, the security plugin is not here)', async (t) => {
  const { store, refresh, proxy } = await openBehind(t, guarded(), (host) => ({
    host,
    tls_ca: certificates.ca,
    username: 'sluice',
    password: 's3cret',
  }));
  await store.check();
  await store.write(batchOf(10));
  await refresh();
  assert.equal((await store.summary({})).events, 10);
  assert.equal(proxy.counts.refused, 0);
});

test('takes user and password from the address (demanded by a proxy, the security plugin is not here)', async (t) => {
  const withUser = (host: string) => ({ host: host.replace('//', '//sluice:s3cret@'), tls_verify: false });
  const { store } = await openBehind(t, guarded(), withUser);
  await store.check();
  assert.equal((await store.write(batchOf(1))).documents[0]?.kind, 'stored');
});

test('a wrong password pauses and says so (refused by a proxy, the security plugin is not here)', async (t) => {
  const { store } = await openBehind(t, guarded(), (host) => ({ host, tls_ca: certificates.ca, username: 'sluice', password: 's3cret2' }));
  await assert.rejects(store.check(), is('STORE_UNAUTHORIZED', /answered 401/));
  await assert.rejects(store.write(batchOf(1)), is('STORE_UNAUTHORIZED', /answered 401/));
  await assert.rejects(store.summary({}), is('STORE_UNAUTHORIZED', /answered 401/));
});

test('a certificate nobody vouches for pauses and names the setting', async (t) => {
  const { store } = await openBehind(t, guarded(), (host) => ({ host, username: 'sluice', password: 's3cret' }));
  await assert.rejects(store.check(), (error) => {
    assert.ok(isSluiceError(error, 'STORE_UNAVAILABLE'));
    assert.match(error.message, /certificate/);
    assert.match(error.hint, /tls_ca/);
    return true;
  });
});

test('plain HTTP to a TLS port pauses', async (t) => {
  const { store } = await openBehind(t, guarded(), (host) => ({ host: host.replace('https', 'http') }));
  await assert.rejects(store.check(), is('STORE_UNAVAILABLE', /./));
});

for (const whenLarger of ['answer', 'reset'] as const) {
  test(`a limit on requests that is kept by ${whenLarger === 'answer' ? '413' : 'breaking off'} splits them`, async (t) => {
    const { store, refresh, logger } = await openBehind(t, { maxBytes: 30_000, whenLarger });
    const { documents } = await store.write(batchOf(300));
    assert.ok(documents.every(({ kind }) => kind === 'stored'));
    await refresh();
    assert.equal((await store.summary({})).events, 300);
    assert.equal(logger.messages('warn').length > 0, whenLarger === 'answer');
  });
}

test('a document over the limit is rejected alone', async (t) => {
  const { store } = await openBehind(t, { maxBytes: 30_000 });
  const batch = batchOf(3);
  const { documents } = await store.write({ ...batch, documents: [...batch.documents, ...batchOf(1, `/${'x'.repeat(40_000)}`).documents] });
  assert.deepEqual(documents.map(({ kind }) => kind), ['stored', 'stored', 'stored', 'rejected']); // prettier-ignore
});

test('requests are compressed where that is asked for', async (t) => {
  const { store, refresh } = await openBehind(t, { maxBytes: 30_000 }, (host) => ({ host, compression: true }));
  await store.write(batchOf(200, `/${'x'.repeat(1000)}`));
  await refresh();
  assert.equal((await store.top('path', 1, {}))[0]?.events, 200);
});

test('of several hosts, one that is not there is passed over', async (t) => {
  const port = await unusedPort();
  const { store, refresh, proxy } = await openBehind(t, {}, (host) => ({ host: [`http://127.0.0.1:${port}`, host] }));
  for (let round = 0; round < 4; round++) assert.equal((await store.write(batchOf(5))).documents.filter(({ kind }) => kind === 'stored').length, 5);
  await refresh();
  assert.equal((await store.summary({})).events, 20);
  assert.equal(proxy.counts.refused, 0);
});

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
