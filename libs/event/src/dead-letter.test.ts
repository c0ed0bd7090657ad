import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { decodeRaw, encodeRaw, isFileOrigin } from './dead-letter.ts';

describe('raw bytes of a dead letter', () => {
  it('come back unchanged, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          assert.deepEqual(Buffer.from(decodeRaw(encodeRaw(Buffer.from(bytes)))), Buffer.from(bytes));
        },
      ),
    );
  });

  it('stay readable text where they are UTF-8', () => {
    assert.deepEqual(encodeRaw(Buffer.from('GET /é 😀')), { raw: 'GET /é 😀', raw_encoding: 'utf8' });
  });

  it('are base64 where they are not: Latin-1, a cut character, an encoded surrogate', () => {
    for (const bytes of [[0xe9], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80]]) {
      assert.equal(encodeRaw(Buffer.from(bytes)).raw_encoding, 'base64');
    }
  });

  it('keep a byte order mark', () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61]);
    assert.deepEqual(decodeRaw(encodeRaw(bytes)), bytes);
  });
});

describe('isFileOrigin', () => {
  it('tells a file position from a record', () => {
    assert.equal(isFileOrigin({ source: 'web1', log_file: '/var/log/access.log', log_offset: 0 }), true);
    assert.equal(isFileOrigin({ topic: 'web_logs', partition: 0, offset: '9007199254740993' }), false);
  });
});
