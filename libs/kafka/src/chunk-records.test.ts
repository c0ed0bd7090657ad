import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { chunkRecords, offsetAfter, toBatch } from './chunk-records.ts';

const recordAt = (offset: number, timestamp = '1000') => ({ offset: String(offset), value: Buffer.from(String(offset)), timestamp });

test('cuts a batch into pieces without losing, repeating or reordering a record', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 50 }), (count, size) => {
      const records = Array.from({ length: count }, (_, index) => recordAt(index * 2));
      const chunks = chunkRecords(records, size);
      assert.deepEqual(chunks.flatMap((chunk) => chunk.records), records); // prettier-ignore
      assert.ok(chunks.every((chunk) => chunk.records.length > 0 && chunk.records.length <= size));
      assert.ok(chunks.every((chunk) => chunk.lastOffset === chunk.records.at(-1)?.offset));
    }),
  );
});

test('hands over the records as they are, with the time of the oldest', () => {
  const [chunk] = chunkRecords([recordAt(5, '3000'), { ...recordAt(6, '2000'), value: null }, recordAt(7, '-1')], 10);
  assert.deepEqual(toBatch(chunk!, 'web_logs', 3, 9000), {
    readAtMs: 2000,
    records: [
      { kind: 'encoded', value: Buffer.from('5'), origin: { topic: 'web_logs', partition: 3, offset: '5' } },
      { kind: 'encoded', value: null, origin: { topic: 'web_logs', partition: 3, offset: '6' } },
      { kind: 'encoded', value: Buffer.from('7'), origin: { topic: 'web_logs', partition: 3, offset: '7' } },
    ],
  });
  const [without] = chunkRecords([recordAt(1, '-1')], 10);
  assert.equal(toBatch(without!, 't', 0, 9000).readAtMs, 9000);
});

test('counts offsets beyond what a number holds', () => {
  assert.equal(offsetAfter('9223372036854775806'), '9223372036854775807');
});
