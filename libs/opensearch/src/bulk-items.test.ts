import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { buildBulkRequest, createBulkEncoder, documentOf } from './bulk-items.ts';

import type { BulkItem } from './bulk-items.ts';

const unlimited = { documents: 1e9, bytes: 1e9 };
const itemsOf = (list: readonly BulkItem[]) => createBulkEncoder()(list, (item) => item);
const list = (...texts: string[]): BulkItem[] =>
  texts.map((text, at) => ({ index: `i${at % 2}`, eventId: `id-${at}`, text: JSON.stringify({ text }) }));

test('a request is a pair of lines for each document', () => {
  const { body, positions } = buildBulkRequest(itemsOf(list('a', 'ä')), [0, 1], 0, unlimited);
  assert.equal(body.toString(), '{"create":{"_index":"i0","_id":"id-0"}}\n{"text":"a"}\n{"create":{"_index":"i1","_id":"id-1"}}\n{"text":"ä"}\n');
  assert.deepEqual(positions, [0, 1]);
});

test('requests hold every document once, in order, within the limits', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 3 }), (all, documents, bytes, step) => {
      const items = itemsOf(list(...all));
      const positions = all.map((_, at) => at).filter((at) => at % step === 0);
      const sent: number[] = [];
      while (sent.length < positions.length) {
        const request = buildBulkRequest(items, positions, sent.length, { documents, bytes });
        assert.ok(request.positions.length >= 1 && request.positions.length <= documents);
        assert.ok(request.body.length <= bytes || request.positions.length === 1);
        assert.equal(request.body.toString().split('\n').length, 2 * request.positions.length + 1);
        sent.push(...request.positions);
      }
      assert.deepEqual(sent, positions);
      all.forEach((text, at) => assert.equal(documentOf(items, at), JSON.stringify({ text })));
    }),
  );
}); // prettier-ignore

test('a batch larger than the buffer is whole, and so is the one after it', () => {
  const encode = createBulkEncoder();
  const large = list('\u{1f600}'.repeat(3_000_000), 'b');
  const items = encode(large, (item) => item);
  assert.equal(documentOf(items, 0), large[0]?.text);
  assert.equal(documentOf(items, 1), large[1]?.text);
  assert.equal(documentOf(encode(list('c'), (item) => item), 0), '{"text":"c"}'); // prettier-ignore
  assert.equal(documentOf(items, 1), large[1]?.text, 'prepared batches do not share memory');
});

test('a failure while encoding leaves nothing behind for the next batch', () => {
  const encode = createBulkEncoder();
  assert.throws(() => encode([1, 2], (at) => (at === 2 ? fail() : { index: 'i', eventId: 'lost', text: '{}' })));
  assert.deepEqual(encode(list('a'), (item) => item).ids, ['id-0']); // prettier-ignore
});

function fail(): never {
  throw new Error('planted');
}
