/**
 * Reads a compressed file as a `ContentReader`, from any place of its content on: what lies before is decoded and passed
 * over, and the last line known is checked on the way, so that only a copy of the same generation is continued.
 */
import { crc32 } from 'node:zlib';

import { createDecompressReport, decompress } from './decompress.ts';

import type { Encoding } from './compressed-member.ts';
import type { ContentReader, ReadResult } from './content-reader.ts';
import type { LineCheck, Mark } from './offset-tracker.ts';
import type { FileHandle } from 'node:fs/promises';

/** Builds a reader whose first chunk begins at `start` of the decompressed content. */
export function createCompressedReader(handle: FileHandle, encoding: Encoding, start: Mark): ContentReader {
  const report = createDecompressReport();
  const chunks = decompress(handle, encoding, report);
  const check = start.check === null ? null : createCheck(start.check);
  let position = 0;

  async function read(): Promise<ReadResult> {
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) return atEnd();
      const chunk = next.value;
      const before = position;
      position += chunk.length;
      if (before < start.offset) {
        check?.pass(chunk, before);
        if (position < start.offset) continue;
        if (check?.holds() === false) return { kind: 'changed' };
        if (position === start.offset) continue;
      }
      return { kind: 'bytes', chunk: chunk.subarray(Math.max(0, start.offset - before)) };
    }
  }

  function atEnd(): ReadResult {
    const end = report.end ?? 'truncated';
    // A whole file that is shorter than what was read of its generation is another one.
    if (end === 'complete' && position < start.offset) return { kind: 'changed' };
    return { kind: 'ended', end, message: report.message };
  }

  return {
    read,
    get fileBytesRead() {
      return report.compressedBytes;
    },
    close: async () => {
      await chunks.return();
    },
  };
}

/** Computes the checksum of one line while the content passes by. */
function createCheck(line: LineCheck): { pass(chunk: Buffer, offset: number): void; holds(): boolean } {
  let checksum = 0;
  return {
    pass: (chunk, offset) => {
      const from = Math.max(line.offset, offset) - offset;
      const to = Math.min(line.offset + line.bytes - offset, chunk.length);
      if (from < to) checksum = crc32(chunk.subarray(from, to), checksum);
    },
    holds: () => checksum === line.crc32,
  };
}

/** True when a single-member gzip file says of itself that its content ends exactly at `offset`. */
export async function endsAt(handle: FileHandle, encoding: Encoding, offset: number, sizeBytes: number): Promise<boolean> {
  if (encoding !== 'gzip' || offset === 0 || sizeBytes < 18) return false;
  const trailer = Buffer.alloc(4);
  const { bytesRead } = await handle.read(trailer, 0, 4, sizeBytes - 4);
  return bytesRead === 4 && trailer.readUInt32LE(0) === offset % 0x1_0000_0000;
}
