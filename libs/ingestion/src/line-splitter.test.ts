import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';

import { LineSplitter } from './line-splitter.ts';

interface Cut {
  offset: number;
  text: string;
  bytes: number;
  crc: number;
}

function splitAll(chunks: readonly Buffer[], maxLineBytes: number): Cut[] {
  const splitter = new LineSplitter(maxLineBytes, 0);
  const cuts: Cut[] = [];
  const keep = (): void => {
    const line = splitter.bytes.subarray(splitter.start, splitter.end);
    cuts.push({
      offset: splitter.offset,
      text: line.toString('latin1'),
      bytes: splitter.tooLong ? splitter.totalBytes : line.length,
      crc: splitter.tooLong ? splitter.totalCrc32 : crc32(line),
    });
  };
  for (const chunk of chunks) {
    splitter.push(chunk);
    while (splitter.next()) keep();
  }
  if (splitter.finish()) keep();
  assert.equal(
    splitter.nextOffset,
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
  return cuts;
}

/** The same by the book, over the whole content at once. */
function expected(content: Buffer, maxLineBytes: number): Cut[] {
  let offset = content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const cuts: Cut[] = [];
  const parts = content.toString('latin1').slice(offset).split('\n');
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const padding = /^\0*/.exec(part)?.[0].length ?? 0;
    const written = part.slice(padding);
    const line = written.endsWith('\r') ? written.slice(0, -1) : written;
    const bytes = Buffer.from(line, 'latin1');
    if (!isLast || written !== '') {
      cuts.push({ offset: offset + padding, text: line.slice(0, maxLineBytes), bytes: line.length, crc: crc32(bytes) });
    }
    offset += part.length + 1;
  }
  return cuts;
}

function cutInto(content: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < content.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    // A copy: the splitter may not rely on a chunk after the next is pushed.
    chunks.push(Buffer.from(content.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

const pieces = fc.constantFrom('\n', '\r\n', '\r', '\0', 'a', 'bc', '\u2028', 'é', '"GET / HTTP/1.1"', 'x'.repeat(9), 'y'.repeat(25), '\n\n');

describe('LineSplitter', () => {
  test('any content, however it is cut into chunks, gives the lines of the whole, with true offsets', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        fc.array(fc.integer({ min: 3, max: 20 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (parts, sizes, maxLineBytes, withMark) => {
          const content = Buffer.from((withMark ? '\ufeff' : '') + parts.join(''));
          assert.deepEqual(splitAll(cutInto(content, sizes), maxLineBytes), expected(content, maxLineBytes));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('any bytes, one at a time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const content = Buffer.from(bytes);
        if (content[0] === 0xef) content[0] = 0x41;
        assert.deepEqual(splitAll(cutInto(content, [1]), 10), expected(content, 10));
      }),
    );
  });

  test('a line of 200 MB needs no more memory than its limit', () => {
    const splitter = new LineSplitter(65_536, 0);
    const chunk = Buffer.alloc(1_048_576, 'a');
    const before = process.memoryUsage();
    let checksum = 0;
    for (let megabyte = 0; megabyte < 200; megabyte += 1) {
      checksum = crc32(chunk, checksum);
      splitter.push(chunk);
      assert.equal(splitter.next(), false);
    }
    splitter.push(Buffer.from('\nshort\n'));
    assert.equal(splitter.next(), true);
    const after = process.memoryUsage();
    assert.ok(after.arrayBuffers + after.external - before.arrayBuffers - before.external < 4_000_000);
    assert.deepEqual([splitter.tooLong, splitter.totalBytes, splitter.totalCrc32, splitter.end], [true, 209_715_200, checksum, 65_536]);
    assert.equal(splitter.next(), true);
    assert.deepEqual([splitter.tooLong, splitter.offset], [false, 209_715_201]);
  });
});
