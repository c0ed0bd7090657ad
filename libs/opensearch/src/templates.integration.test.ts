/** Templates and the indices they make, in a real cluster. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { buildDeadLetter, buildDocument, createRecordingLogger, sharedOpenSearch } from '@sluice/testing';

import { templateVersion } from './template.ts';
import { callApi, openTestStore } from './testing/open-test-store.ts';

import type { ElasticsearchConfig } from '@sluice/config';
import type { TestContext } from 'node:test';

interface Template {
  readonly index_templates: readonly {
    readonly index_template: { readonly _meta?: { version?: number }; readonly template: { settings: unknown } };
  }[];
}

const at = (timestamp: string | null) => buildDocument({ timestamp });

for (const version of ['3', '2'] as const) {
  void describe(`OpenSearch ${version}`, () => {
    const open = async (t: TestContext, overrides: Partial<ElasticsearchConfig> = {}) => {
      const { url } = await sharedOpenSearch(version);
      const logger = createRecordingLogger();
      const opened = openTestStore(url, overrides, { logger });
      t.after(opened.remove);
      const name = `sluice-events-${opened.config.index}`;
      const template = async () => (await callApi<Template>(url, 'GET', `/_index_template/${name}`))?.index_templates[0]?.index_template;
      return { ...opened, url, logger, name, template };
    };

    void test('an index is made as configured, and found by its alias', async (t) => {
      const { store, url, config } = await open(t, { shards: 2, refresh_interval_seconds: 7 });
      await store.write({ documents: [at('2026-11-22T10:00:00Z')], deadLetters: [buildDeadLetter()] });
      const index = `${config.index}-2026.11.22`;
      const made = await callApi<Record<string, { aliases: object; settings: { index: Record<string, unknown> }; mappings: { dynamic: string } }>>(url, 'GET', `/${config.index}`);
      assert.deepEqual(Object.keys(made ?? {}), [index]);
      const { aliases, settings, mappings } = made?.[index] ?? assert.fail();
      assert.deepEqual(Object.keys(aliases), [config.index]);
      const { number_of_shards, number_of_replicas, refresh_interval, codec } = settings.index;
      assert.deepEqual({ number_of_shards, number_of_replicas, refresh_interval, codec }, { number_of_shards: '2', number_of_replicas: '0', refresh_interval: '7s', codec: 'best_compression' });
      assert.equal(mappings.dynamic, 'false');
    }); // prettier-ignore

    const periods: [ElasticsearchConfig['index_period'], string[]][] = [
      ['daily', ['2026.10.31', '2026.11.01', '2026.11.22', 'undated']],
      ['monthly', ['2026.10', '2026.11', 'undated']],
      ['none', ['all']],
    ];
    for (const [period, expected] of periods) {
      void test(`events of a period "${period}" go to their indices, and again to the same`, async (t) => {
        const { store, config, indices, refresh } = await open(t, { index_period: period });
        const times = ['2026-10-31T23:59:59Z', '2026-11-01T00:00:00Z', '2026-11-22T10:00:00Z', null, '1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z'];
        const batch = { documents: times.map(at), deadLetters: [] };
        assert.ok((await store.write(batch)).documents.every(({ kind }) => kind === 'stored'));
        assert.ok((await store.write(batch)).documents.every(({ kind }) => kind === 'duplicate'));
        assert.deepEqual(await indices(), expected.map((end) => `${config.index}-${end}`)); // prettier-ignore
        await refresh();
        const { events, firstAt, lastAt } = await store.summary({});
        assert.deepEqual({ events, firstAt, lastAt }, { events: 6, firstAt: '1970-01-01T00:00:00Z', lastAt: '2099-01-01T00:00:00Z' });
      });
    }

    void test('a template is brought up to date, and one of a newer Sluice is left alone', async (t) => {
      const { store, url, name, template, logger, config } = await open(t);
      /** What another process does at its start. */
      const checkAnew = async (overrides: Partial<typeof config> = {}, times = 1): Promise<void> => {
        const other = openTestStore(url, { ...config, ...overrides }, { logger });
        for (let time = 0; time < times; time++) await other.store.check();
        await other.store.close();
      };
      await store.check();
      const ours = await template();
      assert.equal(ours?._meta?.version, templateVersion);

      await callApi(url, 'PUT', `/_index_template/${name}`, { ...ours, _meta: { managed_by: 'sluice', version: 0, digest: '' } });
      await store.check();
      assert.equal((await template())?._meta?.version, 0, 'health changes nothing once it was installed');
      await checkAnew();
      assert.deepEqual(await template(), ours);

      await checkAnew({ refresh_interval_seconds: 9 });
      assert.match(JSON.stringify((await template())?.template.settings), /"refresh_interval":"9s"/, 'another configuration');

      const newer = { ...ours, _meta: { managed_by: 'sluice', version: templateVersion + 1, digest: '' } };
      await callApi(url, 'PUT', `/_index_template/${name}`, newer);
      await checkAnew({}, 2);
      assert.equal((await template())?._meta?.version, templateVersion + 1);
      assert.deepEqual(logger.messages('warn'), [
        `The index template ${name} is of version ${templateVersion + 1}, and this Sluice knows version ${templateVersion}: it stays as it is`,
      ]);
    });

    void test('a template that was removed is back before the next new index', async (t) => {
      const { store, url, name, refresh } = await open(t);
      await store.write({ documents: [at('2026-11-21T00:00:00Z')], deadLetters: [] });
      await callApi(url, 'DELETE', `/_index_template/${name}`);
      await store.write({ documents: [at('2026-11-22T00:00:00Z')], deadLetters: [] });
      await refresh();
      assert.equal((await store.summary({})).events, 2);
    });

    void test("an administrator's template is used as it is, and a missing one is warned of once", async (t) => {
      const { store, url, name, template, logger, config, refresh } = await open(t, { manage_template: false });
      await store.check();
      await store.write({ documents: [at('2026-11-21T00:00:00Z')], deadLetters: [] });
      assert.equal(await template(), undefined);
      assert.deepEqual(logger.messages('warn'), [
        `No index template gives new indices the alias ${config.index}: reports will not find their events`,
      ]);
      const body = {
        index_patterns: [`${config.index}-2*`],
        priority: 900,
        template: { aliases: { [config.index]: {} }, settings: { number_of_replicas: 0 }, mappings: { dynamic: false } },
      };
      await callApi(url, 'PUT', `/_index_template/${name}`, body);
      await store.write({ documents: [at('2026-11-22T00:00:00Z')], deadLetters: [] });
      await refresh();
      assert.equal((await store.summary({})).events, 1);
      assert.equal(logger.messages('warn').length, 1);
    });
  });
}
