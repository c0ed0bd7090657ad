import fc from 'fast-check';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';

import { createDecompressReport, decompress } from './decompress.ts';
import { createBench, logLines } from './ingestion-fixture.ts';

import type { Encoding } from './compressed-member.ts';
import type { DecompressReport } from './decompress.ts';
import type { Bench } from './ingestion-fixture.ts';

let bench: Bench;
before(() => {
  bench = createBench();
});
after(() => bench.remove());

async function decode(encoding: Encoding, bytes: Buffer): Promise<DecompressReport & { content: Buffer }> {
  const path = bench.path('file');
  writeFileSync(path, bytes);
  const handle = await open(path);
  const report = createDecompressReport();
  const chunks: Buffer[] = [];
  for await (const chunk of decompress(handle, encoding, report)) chunks.push(chunk);
  await handle.close();
  return { ...report, content: Buffer.concat(chunks) };
}

const compress = {
  gzip: (content: Buffer): Buffer => gzipSync(content),
  zstd: (content: Buffer): Buffer => zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
};
const text = Buffer.from(logLines(0, 20_000));

for (const encoding of ['gzip', 'zstd'] as const) {
  describe(encoding, () => {
    test('all members of a file, one after the other, with padding behind them', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(300_000), { minLength: 1, maxLength: 5 }), fc.nat(3000), async (sizes, paddingBytes) => {
          const parts = sizes.map((size) => text.subarray(0, size));
          const result = await decode(encoding, Buffer.concat([...parts.map(compress[encoding]), Buffer.alloc(paddingBytes)]));
          assert.deepEqual([result.end, result.message], ['complete', '']);
          assert.ok(result.content.equals(Buffer.concat(parts)));
        }),
        { numRuns: 15 },
      );
    });

    test('cut anywhere: the beginning, and that it is cut', async () => {
      const whole = compress[encoding](text);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), async (bytes) => {
          const result = await decode(encoding, whole.subarray(0, bytes));
          assert.equal(result.end, 'truncated');
          assert.ok(text.subarray(0, result.content.length).equals(result.content));
          // A zstd block is decoded as a whole and has up to 128 KiB; the first ones compress less than the others.
          assert.ok(result.content.length > text.length * (bytes / whole.length) * 0.7 - 270_000);
        }),
        { numRuns: 20 },
      );
    });

    test('a changed byte is told, and what stands before it is kept', async () => {
      const whole = compress[encoding](text);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 20, max: whole.length - 9 }), async (at) => {
          const damaged = Buffer.from(whole);
          damaged[at] = (damaged[at] ?? 0) ^ 0xff;
          const result = await decode(encoding, damaged);
          assert.notEqual(result.end, 'complete');
          const good = Math.max(0, Math.floor(text.length * (at / whole.length) * 0.7 - 270_000));
          assert.ok(result.content.subarray(0, good).equals(text.subarray(0, good)));
        }),
        { numRuns: 20 },
      );
    });

    test('trash behind the last member is told, and takes nothing with it', async () => {
      const result = await decode(encoding, Buffer.concat([compress[encoding](text), Buffer.from('trash')]));
      assert.equal(result.end, 'corrupt');
      assert.ok(result.content.equals(text));
    });
  });
}

test('skippable frames of zstd are passed over', async () => {
  const skippable = Buffer.alloc(8 + 70_000, 1);
  skippable.writeUInt32LE(0x184d2a53, 0);
  skippable.writeUInt32LE(70_000, 4);
  const result = await decode('zstd', Buffer.concat([skippable, compress.zstd(text), skippable]));
  assert.deepEqual([result.end, result.content.equals(text)], ['complete', true]);
});

test('the optional parts of a gzip header are passed over', async () => {
  const plain = gzipSync(text);
  const extra = Buffer.concat([Buffer.from([4, 0]), Buffer.from('abcd')]);
  const flags = 2 | 4 | 8 | 16;
  const header = Buffer.concat([
    plain.subarray(0, 3),
    Buffer.from([flags]),
    plain.subarray(4, 10),
    extra,
    Buffer.from('access.log\0a comment\0'),
    Buffer.alloc(2),
  ]);
  const result = await decode('gzip', Buffer.concat([header, plain.subarray(10)]));
  assert.deepEqual([result.end, result.content.equals(text)], ['complete', true]);
});

test('a bomb is decoded piece by piece', async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000));
  writeFileSync(bench.path('bomb'), bomb);
  const handle = await open(bench.path('bomb'));
  let bytes = 0;
  let largest = 0;
  for await (const chunk of decompress(handle, 'gzip', createDecompressReport())) {
    bytes += chunk.length;
    largest = Math.max(largest, chunk.length);
  }
  await handle.close();
  assert.deepEqual([bytes, largest <= 131_072], [200_000_000, true]);
});
