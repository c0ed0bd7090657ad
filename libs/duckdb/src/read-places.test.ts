import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { formatEventId, parseEventId } from '@sluice/event';

import { createBlockEncoder } from './encode-block.ts';
import { createBufferPool } from './buffer-pool.ts';
import { visitOrigins } from './read-places.ts';

const encoder = createBlockEncoder<string | null>([{ name: 'event_id', kind: 'distinct', get: (id) => id }], createBufferPool());

const hex = fc.stringMatching(/^[0-9a-f]{16}$/);
const ordinary = fc.tuple(fc.oneof(hex, fc.constantFrom('0'.repeat(16))), fc.maxSafeNat(), fc.nat()).map((id) => formatEventId(...id));
/** Ids with one character exchanged, left out or doubled. */
const damaged = fc
  .tuple(ordinary, fc.nat(30), fc.constantFrom('', 'g', '-', 'A', 'é', '00'))
  .map(([id, at, text]) => id.slice(0, at) + text + id.slice(at + 1));

test('ids read from bytes are what the id parser makes of their text', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.oneof(ordinary, damaged, fc.string({ unit: 'grapheme' }))), { maxLength: 40 }), (ids) => {
      let visited = 0;
      for (const block of encoder.encode(ids).blocks) {
        visitOrigins(block, 0, 1, (row, { id, place }) => {
          const text = ids[row] ?? '';
          const origin = parseEventId(text);
          assert.equal(id(), text);
          if (origin !== null) assert.deepEqual(place, { key: origin.fileKey, offset: origin.offset, isFile: true });
          else assert.notEqual(place?.isFile, true, text);
          visited += 1;
        });
      }
      assert.equal(visited, ids.length);
    }),
    { numRuns: 500 },
  );
});
