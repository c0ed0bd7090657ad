/**
 * A cluster that is killed, frozen and started again while events come in. The loop below does what the indexing half
 * does: the same prepared batch again while the error is retryable.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { isSluiceError } from '@sluice/errors';
import { buildDocument, startOpenSearch, waitFor } from '@sluice/testing';

import { openTestStore } from './testing/open-test-store.ts';

import type { ErrorCode } from '@sluice/errors';
import type { PreparedBatch, StoreResult } from '@sluice/ports';
import type { OpenSearchService } from '@sluice/testing';
import type { TestStore } from './testing/open-test-store.ts';

for (const version of ['3', '2'] as const) {
  void describe(`OpenSearch ${version}`, () => {
    let service: OpenSearchService;
    before(async () => {
      service = await startOpenSearch({ version });
    });
    after(() => service.stop());

    void test('nothing is lost and nothing is there twice after kill -9 and a restart in the middle of writing', async (t) => {
      const opened = openTestStore(service.url, { request_timeout_ms: 5000, bulk_size: 200 });
      t.after(opened.remove);
      const writing = beginWriting(opened, 40);
      await waitFor(() => writing.counts.batches >= 10, 30_000, 'some batches');
      await service.kill('SIGKILL');
      await waitFor(() => writing.counts.failures.has('STORE_UNAVAILABLE'), 30_000, 'a failed write');
      await service.restart();
      await writing.ended;
      await opened.refresh();
      const { events } = await opened.store.summary({});
      assert.equal(events, 40 * 500);
      assert.equal(writing.counts.rejected, 0);
      // An answer that was lost in the kill makes its items duplicates; they are in the cluster all the same.
      assert.equal(writing.counts.stored + writing.counts.duplicate, events);
    });

    void test('a cluster that does not answer for a while is waited for', async (t) => {
      // Short, so that the test is; a busy machine may need more tries.
      const opened = openTestStore(service.url, { request_timeout_ms: 1000 });
      t.after(opened.remove);
      await writeUntilStored(opened.store.prepare({ documents: [buildDocument()], deadLetters: [] }), new Set());
      await service.kill('SIGSTOP');
      await assert.rejects(
        opened.store.check(),
        (error) => isSluiceError(error, 'STORE_UNAVAILABLE') && /no answer|no complete answer/.test(error.message),
      );
      const writing = beginWriting(opened, 4);
      await waitFor(() => writing.counts.failures.has('STORE_UNAVAILABLE'), 10_000, 'a failed write');
      await service.kill('SIGCONT');
      await writing.ended;
      await opened.refresh();
      assert.equal((await waitFor(() => opened.store.summary({}), 30_000, 'an answer')).events, 4 * 500 + 1);
    });
  });
}

interface Writing {
  readonly counts: { batches: number; stored: number; duplicate: number; rejected: number; readonly failures: Set<ErrorCode> };
  readonly ended: Promise<void>;
}

/** Writes so many batches of 500, three at a time. */
function beginWriting({ store }: TestStore, batches: number): Writing {
  const counts: Writing['counts'] = { batches: 0, stored: 0, duplicate: 0, rejected: 0, failures: new Set() };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next++ < batches) {
      const documents = Array.from({ length: 500 }, () => buildDocument());
      const result = await writeUntilStored(store.prepare({ documents, deadLetters: [] }), counts.failures);
      for (const { kind } of result.documents) counts[kind] += 1;
      counts.batches += 1;
    }
  };
  return { counts, ended: Promise.all([worker(), worker(), worker()]).then(() => undefined) };
}

async function writeUntilStored(prepared: PreparedBatch, failures: Set<ErrorCode>): Promise<StoreResult> {
  for (;;) {
    try {
      return await prepared.write();
    } catch (error) {
      if (!isSluiceError(error) || !error.retryable) throw error;
      failures.add(error.code);
      await delay(50);
    }
  }
}
