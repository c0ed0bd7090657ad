import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { terminalText, terminalTextEnds, textWidth } from './terminal-text.ts';

const nasty = fc.constantFrom('\x1b[31m', '\x1b]0;title\x07', '\x1b]8;;http://x\x1b\\', '\x1b', '\x9b2J', '\x9d', '\u202e', '\u2066', '\u200b', '\ufeff', '\u0301', '\ufe0f', '😀', '漢', 'a', ' ', '\r\n', '\ud800', '\u{e0041}', '\x7f', '\u2028'); // prettier-ignore
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(nasty, fc.string()), { maxLength: 30 }).map((parts) => parts.join('')),
);

test('no control, direction or invisible character ever passes, and the width is kept', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 0, max: 60 }), (value, maxWidth) => {
      const text = terminalText(value, maxWidth);
      for (const character of text) {
        const code = character.codePointAt(0)!;
        assert.ok(code >= 0x20 && !(code >= 0x7f && code <= 0x9f), `control ${code}`);
        assert.ok(!(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069), `direction ${code}`);
        assert.ok(!(code >= 0x200b && code <= 0x200f) && code !== 0xfeff && code !== 0x2028 && code !== 0x2029, `invisible ${code}`);
        assert.ok(!(code >= 0xd800 && code <= 0xdfff), 'lone surrogate');
      }
      assert.ok(textWidth(text) <= maxWidth);
      assert.equal(terminalText(text, maxWidth), text, 'safe text stays as it is');
    }),
    { numRuns: 3000 },
  );
});

test('printable ASCII passes unchanged', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (value) => assert.equal(terminalText(value), value)));
});

test('escape sequences go as a whole, the text around them stays', () => {
  assert.equal(terminalText('a\x1b[1;31mred\x1b[0mb'), 'aredb');
  assert.equal(terminalText('a\x1b]0;owned\x07b'), 'ab');
  assert.equal(terminalText('a\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\b'), 'alinkb');
  assert.equal(terminalText('a\x9b31mb'), 'ab');
  assert.equal(terminalText('a\x1b]never ends, but is read'), 'anever ends, but is read');
  assert.equal(terminalText('a\x1bcb'), 'ab');
  assert.equal(terminalText('line\nbreak\ttab'), 'linebreaktab');
});

test('wide characters count twice when text is cut', () => {
  assert.equal(terminalText('漢字漢字', 8), '漢字漢字');
  assert.equal(terminalText('漢字漢字', 7), '漢字漢…');
  assert.equal(terminalText('漢字漢字', 6), '漢字…');
  assert.equal(terminalText('abcdef', 4), 'abc…');
  assert.equal(terminalText('abcd', 4), 'abcd');
  assert.equal(terminalText('abc', 0), '');
  assert.equal(textWidth('e\u0301漢😀'), 5);
});

test('a pile of marks on one letter is cut down', () => {
  assert.equal(terminalText(`z${'\u0301'.repeat(500)}!`), `z${'\u0301'.repeat(3)}!`);
});

test('a long hostile text takes time in proportion to its length', () => {
  const text = '\x1b]'.repeat(500_000);
  const startedAt = performance.now();
  assert.equal(terminalText(text), '');
  assert.ok(performance.now() - startedAt < 2000);
});

test('values that differ in their ends keep both when they are cut', () => {
  assert.equal(terminalTextEnds('Mozilla/5.0 (X11) Firefox/144.0', 20), 'Mozilla/5…efox/144.0');
  assert.equal(terminalTextEnds('short', 20), 'short');
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 1, max: 60 }), (value, maxWidth) =>
      assert.ok(textWidth(terminalTextEnds(value, maxWidth)) <= maxWidth),
    ),
  );
});
