import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPermits } from './permits.ts';

const never = new AbortController().signal;

test('gives permits in the order they were asked for', async () => {
  const permits = createPermits(2);
  const got: number[] = [];
  const ask = (who: number): Promise<void> => permits.acquire(never).then(() => void got.push(who));
  await Promise.all([ask(1), ask(2)]);
  const rest = [ask(3), ask(4)];
  permits.release();
  await rest[0];
  assert.deepEqual(got, [1, 2, 3]);
  permits.release();
  await rest[1];
  assert.deepEqual(got, [1, 2, 3, 4]);
});

test('keeps a permit that nobody waits for any more', async () => {
  const permits = createPermits(1);
  assert.equal(await permits.acquire(never), true);
  const leaving = new AbortController();
  const asked = permits.acquire(leaving.signal);
  leaving.abort();
  assert.equal(await asked, false);
  permits.release();
  assert.equal(await permits.acquire(leaving.signal), false);
  assert.equal(await permits.acquire(never), true);
});
