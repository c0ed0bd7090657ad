import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { snappyCompress } from '@platformatic/wasm-utils';
import fc from 'fast-check';
import kafkajs, { CompressionTypes } from 'kafkajs';

import { registerCompressionCodecs } from './compression-codecs.ts';

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

registerCompressionCodecs();
const registered = kafkajs.CompressionCodecs as Readonly<Record<number, () => Codec>>;
const codecOf = (type: number): Codec => registered[type]!();
const types = [CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD] as const;

test('gives back what was compressed, of any length', async () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.nat(300_000).map((length) => new Uint8Array(length).fill(65))); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), bytes, async (type, given) => {
      const codec = codecOf(type);
      const buffer = Buffer.from(given);
      assert.deepEqual(await codec.decompress(await codec.compress({ buffer })), buffer);
    }),
    { numRuns: 60 },
  );
});

test("takes Java's framing of snappy, and refuses a block that is cut off", async () => {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const block = (text: string): Buffer => {
    const compressed = snappyCompress(Buffer.from(text));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(compressed.length);
    return Buffer.concat([length, compressed]);
  };
  const framed = Buffer.concat([header, block('one '), block('two')]);
  const codec = codecOf(CompressionTypes.Snappy);
  assert.equal(String(await codec.decompress(framed)), 'one two');
  assert.equal((await codec.decompress(header)).length, 0);
  await assert.rejects(async () => codec.decompress(framed.subarray(0, -1)), RangeError);
});

for (const [name, type, bomb] of [
  ['gzip', CompressionTypes.GZIP, (bytes: Buffer) => gzipSync(bytes, { level: 1 })],
  ['zstd', CompressionTypes.ZSTD, (bytes: Buffer) => zstdCompressSync(bytes)],
] as const) {
  test(`${name}: what inflates beyond a quarter of a gigabyte is refused, and one byte less is not`, async () => {
    const limit = 256 * 1024 * 1024;
    const zeros = Buffer.alloc(limit + 1);
    await assert.rejects(async () => codecOf(type).decompress(bomb(zeros)), { code: 'ERR_BUFFER_TOO_LARGE' });
    assert.equal((await codecOf(type).decompress(bomb(zeros.subarray(1)))).length, limit);
  });
}
