/**
 * Reads a growing plain file chunk by chunk, and notices when it is not the same content any more.
 *
 * Invariant: every read begins a little before the last one ended and compares; a file that was truncated is noticed even
 * when it has grown past the old place since.
 */
import type { ContentReader, ReadResult } from './content-reader.ts';
import type { FileHandle } from 'node:fs/promises';

const chunkBytes = 262_144;
const overlapBytes = 256;

/** A buffer that readers share, when they take turns. */
export function createReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(overlapBytes + chunkBytes);
}

/** Builds a reader that starts at `offset`; a chunk is valid until the next read through the same buffer. */
export function createPlainReader(handle: FileHandle, offset: number, buffer: Buffer): ContentReader {
  let position = offset;
  const overlap = Buffer.allocUnsafeSlow(overlapBytes);
  let overlapLength = 0;

  async function read(): Promise<ReadResult> {
    const { bytesRead } = await handle.read(buffer, 0, overlapLength + chunkBytes, position - overlapLength);
    if (bytesRead < overlapLength || buffer.compare(overlap, 0, overlapLength, 0, overlapLength) !== 0) return { kind: 'changed' };
    if (bytesRead === overlapLength) return { kind: 'idle' };
    const chunk = buffer.subarray(overlapLength, bytesRead);
    position += chunk.length;
    const kept = Math.min(overlapBytes, bytesRead);
    buffer.copy(overlap, 0, bytesRead - kept, bytesRead);
    overlapLength = kept;
    return { kind: 'bytes', chunk };
  }

  return {
    read,
    get fileBytesRead() {
      return position;
    },
    close: () => Promise.resolve(),
  };
}
