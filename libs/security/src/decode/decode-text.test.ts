import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { spansOf } from '../subject.ts';
import { createTextDecoder, noQuery } from './decode-text.ts';

const decode = createTextDecoder();
const textOf = (text: string): string => decode(text, noQuery).text;

describe('what is written as', () => {
  const spellings: Readonly<Record<string, readonly string[]>> = {
    '<a>': [
      '<A>',
      '%3cA%3E',
      '%253ca%253e',
      '%25253ca%25253e',
      '%u003ca%u003e',
      '%c0%bca%c0%be',
      '%e0%80%bca%e0%80%be',
      '&lt;a&gt;',
      '&#60;a&#62;',
      '&#x3C;a&#x00003e',
      '\\u003ca\\u003e',
      '\\u{3c}a\\x3e',
      '\\074\\141\\076',
      '\uff1ca\uff1e',
      '%EF%BC%9Ca%EF%BC%9E',
      '<\0a>',
      '<%00a>',
      '<\u200ba\u00ad>',
    ],
    "'": ['%27', '%2527', '\u2019', '&apos;', '%u0027', '\\x27'],
    '/': ['%2f', '\u2215', '%u2215', '%c0%af', '&sol;'],
    'a b': ['a%20b', 'a%09b', 'a\u00a0b', 'a%a0b', 'a\u3000b', 'a&nbsp;b'],
    'a\nb': ['a%0ab', 'a%0Db', 'a&NewLine;b', 'a\u2028b'],
    '127.0': ['\u2460\u2461\u2466.\u24ea', '127\u30020'],
    é: ['%C3%A9', '%E9', 'é', '\\xe9'],
  };
  for (const [plain, written] of Object.entries(spellings)) {
    for (const one of written) {
      test(`${JSON.stringify(one)} reads ${JSON.stringify(plain)}`, () => {
        assert.equal(textOf(one), plain);
      });
    }
  }
});

test('what is no escape stays', () => {
  for (const text of ['100%', '%zz', '%u12', '&', '&amp', '&foo;', '&#;', '\\', '\\u12', '\\x', 'c:\\141', 'a+b', '%', '%e'])
    assert.equal(textOf(text), text);
});

test('names and values are kept apart, whatever they decode to', () => {
  const { text, marks } = decode('a=1%262&b%3d=x=y&=z&q+r', 0);
  assert.equal(text, 'a=1&2&b==x=y&=z&q r');
  assert.deepEqual(
    spansOf('query', text, marks, 0).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`),
    ['name a', 'value 1&2', 'name b=', 'value x=y', 'value z', 'value q r'],
  );
});

test('a client cannot write a separator that is none', () => {
  for (const text of ['\ue000x\ue001', '%ee%80%80x%ee%80%81', '%ue000x%ue001', '&#xe000;x&#xe001;', '\\ue000x\\ue001'])
    assert.deepEqual(decode(text, 0).marks, [], text);
});

test('any text is decoded, and what came out means the same when it is read again', () => {
  const parts = fc.array(
    fc.constantFrom('%', '2', '5', 'c', '0', 'a', 'f', '&', '#', 'x', ';', 'lt', '\\', 'u', '+', '=', ' ', 'é', '\uff1c', '\0', '\ud800'),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        parts.map((some) => some.join('')),
        fc.string({ unit: 'binary', maxLength: 200 }),
      ),
      fc.boolean(),
      (text, isQuery) => {
        const once = decode(text, isQuery ? 0 : noQuery).text;
        assert.ok(once.length <= text.length);
        assert.equal(once, once.replace(/[A-Z\0]/g, ''));
        // Three layers are undone; a text that had no more of them is at rest.
        const rest = textOf(textOf(textOf(once)));
        assert.equal(textOf(rest), textOf(textOf(rest)));
      },
    ),
  );
});
