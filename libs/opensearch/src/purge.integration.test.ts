/** Removing what is old from a real cluster. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { buildDeadLetter, buildDocument, createManualClock, createRecordingLogger, sharedOpenSearch } from '@sluice/testing';

import { callApi, openTestStore } from './testing/open-test-store.ts';

const at = (timestamp: string | null, processedAt = '2026-11-22T10:00:00.000Z') => buildDocument({ timestamp }, { processed_at: processedAt });

for (const version of ['3', '2'] as const) {
  void describe(`OpenSearch ${version}`, () => {
    void test('indices that are old as a whole are deleted, the rest event by event, and nothing that is not ours', async (t) => {
      const { url } = await sharedOpenSearch(version);
      const logger = createRecordingLogger();
      const { store, config, indices, remove } = openTestStore(url, {}, { logger, clock: createManualClock() });
      t.after(remove);
      const old = [at('2026-11-19T10:00:00Z'), at('2026-11-19T11:00:00Z'), at('2026-11-20T00:00:00Z'), at(null, '2026-11-20T10:00:00.000Z')];
      const recent = [at('2026-11-20T13:00:00Z'), at('2026-11-22T00:00:00Z'), at(null)];
      const letters = ['2026-11-19T10:00:00.000Z', '2026-11-21T10:00:00.000Z'].map((failed_at) => buildDeadLetter({ failed_at }));
      await store.write({ documents: [...old, ...recent], deadLetters: letters });
      // One that looks like ours and has our alias, one that is named like ours and does not.
      await callApi(url, 'PUT', `/${config.index}-2026.11.19-copy`, { aliases: { [config.index]: {} }, settings: { number_of_replicas: 0 } });
      await callApi(url, 'PUT', `/${config.index}-2026.11.18`, { aliases: { [config.index]: {} }, settings: { number_of_replicas: 0 } });
      await callApi(url, 'POST', '/_aliases', { actions: [{ remove: { index: `${config.index}-2026.11.18`, alias: config.index } }] });

      assert.deepEqual(await store.purge('2026-11-20T12:00:00Z'), { events: 4, deadLetters: 1 });
      const left = ['2026.11.18', '2026.11.19-copy', '2026.11.20', '2026.11.22', 'undated'].map((end) => `${config.index}-${end}`);
      assert.deepEqual(
        (await indices()).filter((index) => !index.startsWith('sluice-')),
        left,
      );
      assert.deepEqual((await store.events(10, {})).map(({ event_id }) => event_id).sort(), recent.map(({ event }) => event.event_id).sort()); // prettier-ignore
      assert.deepEqual(await store.purge('2026-11-20T12:00:00Z'), { events: 0, deadLetters: 0 });
      assert.ok(logger.messages('info').some((message) => message.includes(`${config.index}-2026.11.19 was deleted`)));
    });

    void test('a month is old only when all of it is', async (t) => {
      const { url } = await sharedOpenSearch(version);
      const { store, indices, remove, config } = openTestStore(url, { index_period: 'monthly' });
      t.after(remove);
      await store.write({ documents: [at('2026-09-30T10:00:00Z'), at('2026-10-01T00:00:00Z'), at('2026-10-31T10:00:00Z')], deadLetters: [] });
      assert.deepEqual(await store.purge('2026-10-31T00:00:00Z'), { events: 2, deadLetters: 0 });
      assert.deepEqual((await indices()).filter((index) => index.startsWith(`${config.index}-`)), [`${config.index}-2026.10`]); // prettier-ignore
    });
  });
}
