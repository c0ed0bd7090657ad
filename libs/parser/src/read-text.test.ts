import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { decodeText, isPlain, readText } from './read-text.ts';
import { escapeLogItem } from './testing/render-apache.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What the bytes mean, by TextDecoder: UTF-8 if it does not object, else Latin-1. */
function meaning(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

const anyBytes = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
);

describe('decodeText', () => {
  it('undoes what httpd escaped, whatever the bytes', () => {
    fc.assert(fc.property(anyBytes, (bytes) => decodeText(escapeLogItem(bytes)) === meaning(bytes)));
  });

  it('reads bytes that stand in the log unescaped the same way', () => {
    const noBackslash = anyBytes.map((bytes) => bytes.filter((byte) => byte !== 0x5c));
    fc.assert(fc.property(noBackslash, (bytes) => decodeText(latin1(bytes)) === meaning(bytes)));
  });

  it('judges raw and escaped bytes of one field together', () => {
    assert.equal(decodeText('\xc3\\xa9'), 'é');
    assert.equal(decodeText('\\xc3\xa9t\\xe9'), 'Ã©té');
  });

  it('takes hex digits in both cases', () => {
    assert.equal(decodeText('\\x2F\\x2f\\x22'), '//"');
  });

  it('keeps what is no escape of httpd', () => {
    for (const text of ['\\', 'a\\', '\\q', '\\x', '\\x4', '\\xg1', '\\x1g', '\\u0041', '\\0']) assert.equal(decodeText(text), text);
  });

  it('does not unescape twice', () => {
    assert.equal(decodeText('\\\\x41\\\\\\x41'), '\\x41\\A');
  });

  it('keeps NUL and other control characters as characters', () => {
    assert.equal(decodeText('a\\x00b\x00\\x1b[31m'), 'a\0b\0\x1b[31m');
  });
});

describe('readText', () => {
  it('takes a field of a plain line as it stands', () => {
    assert.equal(readText('abc def', 4, 7, true), 'def');
  });

  it('decodes a field of a line that is not plain, and leaves its neighbours alone', () => {
    assert.equal(readText('a\\x41 b c', 6, 7, false), 'b');
    assert.equal(readText('a\\x41 b c', 0, 5, false), 'aA');
  });
});

describe('isPlain', () => {
  it('is false for exactly the lines with a backslash or a byte over 0x7f', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.equal(isPlain(latin1(bytes)), !bytes.some((byte) => byte === 0x5c || byte > 0x7f));
      }),
    );
  });
});
