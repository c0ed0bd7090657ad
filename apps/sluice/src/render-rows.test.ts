import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderRows } from './render-rows.ts';

async function* chunksOf(...chunks: Record<string, unknown>[][]) {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}

async function render(...chunks: Record<string, unknown>[][]): Promise<string[]> {
  let text = '';
  for await (const part of renderRows(chunksOf(...chunks))) text += part;
  return text.split('\n');
}

test('columns are aligned, numbers to the right, nulls empty', async () => {
  assert.deepEqual(await render([{ path: '/a', n: 5 }, { path: null, n: 1200n }]), ['path     n', '────  ────', '/a       5', '      1200', '(2 rows)', '']); // prettier-ignore
});

test('later chunks keep the layout of the first and are cut to it', async () => {
  const lines = await render([{ v: 'abcd' }], [{ v: 'abcdefgh' }]);
  assert.deepEqual(lines.slice(2), ['abcd', 'abc…', '(2 rows)', '']);
});

test('what a client wrote cannot steer the terminal', async () => {
  const text = (await render([{ agent: '\u001b[31mred\u0007\r\n\u202e', nested: { a: '\u001b]0;x\u0007' } }])).join('\n');
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/); // eslint-disable-line no-control-regex -- what must not be there
});

test('wide characters take two columns', async () => {
  assert.deepEqual((await render([{ a: '日本', b: 'x' }, { a: 'ab', b: 'y' }])).slice(2, 4), ['日本  x', 'ab    y']); // prettier-ignore
});

test('no rows are said', async () => {
  assert.deepEqual(await render([]), ['(0 rows)', '']);
});
