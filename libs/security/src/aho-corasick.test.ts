import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createLiteralMatcher } from './aho-corasick.ts';

test('finds every occurrence that a plain search finds, in any letter case', () => {
  const word = fc.array(fc.constantFrom('a', 'b', 'c', '/'), { minLength: 1, maxLength: 4 }).map((letters) => letters.join(''));
  const text = fc.array(fc.constantFrom('a', 'B', 'c', 'A', '/', 'é', ' '), { maxLength: 40 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), text, (words, haystack) => {
      const found: string[] = [];
      createLiteralMatcher(words).search(haystack, (literal, end) => found.push(`${literal}@${end}`));
      const expected = words.flatMap((literal, number) =>
        Array.from({ length: haystack.length }, (_, at) => at).flatMap((at) =>
          haystack.toLowerCase().startsWith(literal, at) ? [`${number}@${at + literal.length}`] : [],
        ),
      );
      assert.deepEqual(found.sort(), expected.sort());
    }),
  );
});

test('refuses literals beyond ASCII', () => {
  assert.throws(() => createLiteralMatcher(['é']), RangeError);
});
