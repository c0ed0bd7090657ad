import assert from 'node:assert/strict';
import { test } from 'node:test';

import { documentId } from './document-id.ts';

test('an id is kept as it is where OpenSearch takes it, and hashed where it does not', () => {
  assert.equal(documentId('5a1c3b7e9d204f68-k-00000014'), '5a1c3b7e9d204f68-k-00000014');
  assert.equal(documentId('x'.repeat(512)).length, 512);
  const tooLong = ['x'.repeat(513), '\u{1f600}'.repeat(129), ''].map(documentId);
  for (const id of tooLong) assert.match(id, /^sha256-[0-9a-f]{64}$/);
  assert.equal(new Set(tooLong).size, 3);
});
