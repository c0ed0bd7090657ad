/** What a real cluster refuses, and what it must not: documents, blocks, closed indices. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { encodeEvent } from '@sluice/event';
import { buildDeadLetter, buildDocument, sharedOpenSearch } from '@sluice/testing';

import { callApi, openTestStore } from './testing/open-test-store.ts';

import type { ErrorCode } from '@sluice/errors';
import type { StoreDocument } from '@sluice/ports';
import type { TestContext } from 'node:test';
import type { TestStore } from './testing/open-test-store.ts';

const many = (count: number): StoreDocument[] => Array.from({ length: count }, () => buildDocument());
const batch = (documents: StoreDocument[]) => ({ documents, deadLetters: [] });
const is = (code: ErrorCode) => (error: unknown) => isSluiceError(error, code) && error.retryable;

for (const version of ['3', '2'] as const) {
  void describe(`OpenSearch ${version}`, () => {
    const open = async (t: TestContext, overrides: Partial<TestStore['config']> = {}): Promise<TestStore & { url: string }> => {
      const { url } = await sharedOpenSearch(version);
      const opened = openTestStore(url, overrides);
      t.after(opened.remove);
      return { ...opened, url };
    };

    void test('one document among a thousand that the mapping refuses is rejected with the reason, the others are stored', async (t) => {
      const { store, refresh } = await open(t);
      const documents = many(1000);
      documents[500] = buildDocument({ status: 99_999, path: '/refused' });
      const { documents: outcomes } = await store.write(batch(documents));
      const refused = outcomes[500];
      assert.ok(refused?.kind === 'rejected');
      assert.match(refused.message, /mapper_parsing_exception: failed to parse field \[status\] of type \[short\]/);
      assert.deepEqual(refused.event, documents[500].event);
      assert.equal(outcomes.filter(({ kind }) => kind === 'stored').length, 999);
      await refresh();
      assert.equal((await store.summary({})).events, 999);
    });

    void test('texts longer than an index can hold are stored and given back, whichever field they are in', async (t) => {
      const { store, refresh } = await open(t);
      const long = '\u4e00'.repeat(65_536);
      const texts = { path: `/${long}`, query: long, referer: long, user_agent: long, request: long, user: long, host: long, client_host: long };
      const event = buildDocument({ ...texts, extra: { [`x-${long.slice(0, 10_000)}`]: 'v', cookie: long, 'x-id': '7' } });
      const documents = [event, buildDocument({ ip_address: 'no address' })];
      const { documents: outcomes } = await store.write(batch(documents.map((document) => ({ ...document, encoded: encodeEvent(document.event) }))));
      assert.deepEqual(outcomes.map(({ kind }) => kind), ['stored', 'stored']); // prettier-ignore
      await refresh();
      const [last, first] = await store.events(2, {});
      assert.deepEqual(first, JSON.parse(JSON.stringify({ ...event.event, ...event.enrichment })));
      assert.equal(last?.ip_address, 'no address', 'kept as it was, though it cannot be searched as an address');
      assert.equal((await store.top('path', 10, {})).length, 1, 'and not grouped by what is too long');
    });

    void test('ids of any length and dead letters of any content are stored', async (t) => {
      const { store, refresh } = await open(t);
      const documents = [buildDocument({ event_id: 'x'.repeat(2000) }), buildDocument({ event_id: '\u{1f600}'.repeat(256) }), ...many(1)];
      const deadLetters = [
        buildDeadLetter({ event_id: 'x'.repeat(2000), message: 'm'.repeat(100_000), failed_at: 'not a time' }, Buffer.alloc(200_000, 0xff)),
        buildDeadLetter({ event_id: '', column: 2 ** 40 }),
      ];
      for (const expected of ['stored', 'duplicate']) {
        const result = await store.write({ documents, deadLetters });
        assert.ok([...result.documents, ...result.deadLetters].every(({ kind }) => kind === expected), expected); // prettier-ignore
      }
      await refresh();
      assert.equal((await store.events(10, { equals: { event_id: 'x'.repeat(2000) } })).length, 1);
      assert.deepEqual(new Set(await store.deadLetters({ limit: 10 })), new Set(deadLetters));
    });

    const blocks: [string, ErrorCode, Record<string, unknown>][] = [
      ['the block of a full disk', 'STORE_FULL', { 'index.blocks.read_only_allow_delete': true }],
      ['a block of writes', 'STORE_UNAVAILABLE', { 'index.blocks.write': true }],
      ['a read-only index', 'STORE_UNAVAILABLE', { 'index.blocks.read_only': true }],
    ];
    for (const [name, code, settings] of blocks) {
      void test(`${name} pauses, and writing goes on when it is gone`, async (t) => {
        const { store, refresh, indices, url } = await open(t);
        await store.write(batch(many(1)));
        const [index = ''] = await indices();
        await callApi(url, 'PUT', `/${index}/_settings`, settings);
        const prepared = store.prepare(batch([...many(2), buildDocument({ status: 99_999 })]));
        await assert.rejects(prepared.write(), is(code));
        const today = buildDocument({ timestamp: new Date().toISOString() });
        const other = await store.write(batch([today]));
        assert.equal(other.documents[0]?.kind, 'stored', 'other indices take events meanwhile');
        await callApi(url, 'PUT', `/${index}/_settings`, Object.fromEntries(Object.keys(settings).map((key) => [key, null])));
        assert.deepEqual((await prepared.write()).documents.map(({ kind }) => kind), ['stored', 'stored', 'rejected']); // prettier-ignore
        await refresh();
        assert.equal((await store.summary({})).events, 4);
      });
    }

    void test('a check names the block of an index that events of now go to, and not one of the past', async (t) => {
      const { store, url, config } = await open(t);
      const now = new Date().toISOString();
      await store.write(batch([buildDocument({ timestamp: now }), buildDocument({ timestamp: '2020-02-02T00:00:00Z' })]));
      await callApi(url, 'PUT', `/${config.index}-2020.02.02/_settings`, { 'index.blocks.write': true });
      await store.check();
      const today = `${config.index}-${now.slice(0, 10).replaceAll('-', '.')}`;
      await callApi(url, 'PUT', `/${today}/_settings`, { 'index.blocks.read_only_allow_delete': true });
      await assert.rejects(store.check(), is('STORE_FULL'));
      await callApi(url, 'PUT', `/${today}/_settings`, { 'index.blocks.read_only_allow_delete': null });
      await store.check();
      assert.equal((await store.health()).version.split('.')[0], version);
    });

    void test('a closed index pauses, and writing goes on when it is open again', async (t) => {
      const { store, indices, url } = await open(t);
      await store.write(batch(many(1)));
      const [index = ''] = await indices();
      await callApi(url, 'POST', `/${index}/_close`);
      const prepared = store.prepare(batch(many(1)));
      await assert.rejects(prepared.write(), is('STORE_UNAVAILABLE'));
      await callApi(url, 'POST', `/${index}/_open`);
      await callApi(url, 'GET', `/_cluster/health/${index}?wait_for_status=green&timeout=10s`);
      assert.equal((await prepared.write()).documents[0]?.kind, 'stored');
    });

    void test('an index that has the name of the alias pauses with what to do', async (t) => {
      const { store, url, config } = await open(t);
      await callApi(url, 'PUT', `/${config.index}`);
      t.after(() => callApi(url, 'DELETE', `/${config.index}`));
      await assert.rejects(store.write(batch(many(1))), is('STORE_UNAVAILABLE'));
    });
  });
}
