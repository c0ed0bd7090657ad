/**
 * Compression for kafkajs, which brings gzip only. All calls are synchronous: for batches of this size the thread pool
 * costs more than it saves (zstd: 8 against 6.5 CPU seconds per million events).
 */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils';
// Node.js does not find all names of this CommonJS package by itself.
import kafkajs, { CompressionTypes } from 'kafkajs';

import { decodeXerialSnappy, isXerialSnappy } from './xerial-snappy.ts';

/**
 * A few kilobytes may inflate to gigabytes, and whoever may write to the topic can send them: what goes beyond this is
 * refused. The other two compress no more than some 250 times, and a fetch has `kafka.fetch_max_bytes`.
 */
const limit = { maxOutputLength: 268_435_456 };

interface Codec {
  compress(bytes: Buffer): Buffer;
  decompress(bytes: Buffer): Buffer;
}

const codecs: readonly (readonly [number, Codec])[] = [
  [CompressionTypes.GZIP, { compress: gzipSync, decompress: (bytes) => gunzipSync(bytes, limit) }],
  [CompressionTypes.Snappy, { compress: snappyCompress, decompress: decompressSnappy }],
  [CompressionTypes.LZ4, { compress: lz4Compress, decompress: lz4Decompress }],
  [CompressionTypes.ZSTD, { compress: zstdCompressSync, decompress: (bytes) => zstdDecompressSync(bytes, limit) }],
];

/** Registers every codec of Kafka; for the whole process, as kafkajs knows no other way. Any number of times. */
export function registerCompressionCodecs(): void {
  // Its types know of no codec that is not of the enumeration's own type.
  const registry = kafkajs.CompressionCodecs as Record<number, () => unknown>;
  for (const [type, codec] of codecs) {
    registry[type] = () => ({
      compress: (encoder: { buffer: Buffer }) => Promise.resolve(codec.compress(encoder.buffer)),
      decompress: (bytes: Buffer) => Promise.resolve(codec.decompress(bytes)),
    });
  }
}

/** Java clients frame snappy, most others do not. */
function decompressSnappy(bytes: Buffer): Buffer {
  return isXerialSnappy(bytes) ? decodeXerialSnappy(bytes, snappyDecompress) : snappyDecompress(bytes);
}
