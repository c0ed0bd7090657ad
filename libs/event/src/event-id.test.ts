import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { formatEventId, parseEventId } from './event-id.ts';

const fileKey = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map((hash) => hash.toString(16).padStart(16, '0'));

describe('event ids', () => {
  it('give back the origin they were made of', () => {
    fc.assert(
      fc.property(fileKey, fc.maxSafeNat(), fc.integer({ min: 0, max: 0xffff_ffff }), (key, offset, crc32) => {
        assert.deepEqual(parseEventId(formatEventId(key, offset, crc32)), { fileKey: key, offset, crc32 });
      }),
    );
  });

  it('differ when any part of the origin differs', () => {
    const id = formatEventId('00000000000000ab', 35, 1);
    assert.equal(id, '00000000000000ab-z-00000001');
    for (const other of [
      formatEventId('00000000000000ac', 35, 1),
      formatEventId('00000000000000ab', 36, 1),
      formatEventId('00000000000000ab', 35, 2),
    ]) {
      assert.notEqual(other, id);
    }
  });

  const foreign = ['', 'web_logs-0-17', '00000000000000AB-z-00000001', '00000000000000ab-z-1', '00000000000000ab--00000001', '00000000000000ab-zzzzzzzzzzz-00000001', ' 00000000000000ab-z-00000001', '00000000000000ab-z-00000001\n']; // prettier-ignore
  for (const id of foreign) {
    it(`of other origin are not taken apart: ${JSON.stringify(id)}`, () => {
      assert.equal(parseEventId(id), null);
    });
  }
});
