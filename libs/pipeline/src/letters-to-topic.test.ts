import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';
import { buildDeadLetter, buildDocument, createManualClock, createMemoryStore } from '@sluice/testing';

import { withLettersToTopic } from './letters-to-topic.ts';

import type { OutgoingRecord } from '@sluice/ports';

function build() {
  const store = createMemoryStore();
  const published: OutgoingRecord[] = [];
  const failures: Error[] = [];
  const publisher = {
    publish: (records: readonly OutgoingRecord[]) => {
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(failure);
      published.push(...records);
      return Promise.resolve();
    },
  };
  return { store, published, failures, writer: withLettersToTopic(store, publisher, createManualClock()) };
}

test('documents go to the store, dead letters to the topic, and each has its outcome', async () => {
  const { store, published, writer } = build();
  const result = await writer.prepare({ documents: [buildDocument(), buildDocument()], deadLetters: [buildDeadLetter()] }).write();
  assert.deepEqual(result.documents.map(({ kind }) => kind), ['stored', 'stored']); // prettier-ignore
  assert.deepEqual(result.deadLetters.map(({ kind }) => kind), ['stored']); // prettier-ignore
  assert.equal(store.storedEvents.length, 2);
  assert.equal(store.storedLetters.length, 0);
  assert.deepEqual(published.map(({ kind }) => kind), ['dead_letter']); // prettier-ignore
});

test('no letter is published while the store takes nothing, and none twice when it is tried again', async () => {
  const { store, published, writer } = build();
  store.failNext(new SluiceError('STORE_UNAVAILABLE', 'busy'), 2);
  const prepared = writer.prepare({ documents: [buildDocument()], deadLetters: [buildDeadLetter()] });
  await assert.rejects(prepared.write(), { code: 'STORE_UNAVAILABLE' });
  await assert.rejects(prepared.write(), { code: 'STORE_UNAVAILABLE' });
  assert.deepEqual(published, []);
  await prepared.write();
  assert.equal(published.length, 1);
});

test('documents are not written again when only the topic failed', async () => {
  const { store, published, failures, writer } = build();
  failures.push(new SluiceError('KAFKA_UNAVAILABLE', 'no broker'));
  const prepared = writer.prepare({ documents: [buildDocument()], deadLetters: [buildDeadLetter()] });
  await assert.rejects(prepared.write(), { code: 'KAFKA_UNAVAILABLE' });
  const result = await prepared.write();
  assert.equal(store.batches.length, 1);
  assert.equal(published.length, 1);
  assert.deepEqual(result.documents.map(({ kind }) => kind), ['stored'], 'what it was the first time'); // prettier-ignore
});
