import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createBufferPool } from './buffer-pool.ts';

test('a buffer that was given back is used again, the smallest that is large enough', () => {
  const pool = createBufferPool();
  const large = pool.take(300_000);
  const small = pool.take(1000);
  pool.giveBack(large);
  pool.giveBack(small);
  assert.equal(pool.take(500), small);
  assert.equal(pool.take(100_000), large);
  assert.notEqual(pool.take(100_000), large);
});

test('no more is kept than the bound', () => {
  const pool = createBufferPool();
  const huge = pool.take(100_000_000);
  assert.ok(huge.byteLength >= 100_000_000);
  pool.giveBack(huge);
  assert.notEqual(pool.take(1), huge);
});
