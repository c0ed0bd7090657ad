import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createDeadline } from './create-deadline.ts';

test('begins with the first question, is shared by all, and never leaves less than a second', async () => {
  const left = createDeadline(2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const first = left();
  assert.ok(first > 1900 && first <= 2000, `${first} ms`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(left() < first);
  assert.equal(createDeadline(0)(), 1000);
});
