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

/**
 * Builds a reader that starts at `offset`; a chunk is valid until the next read through the same buffer.
 *
 * Shape: `known` are the bytes last seen there: the first ones of the file for offset 0, else those right before the offset.
 * The first read compares them too, for a file may wait for its turn long after it was recognised.
 */
export function createPlainReader(handle: FileHandle, offset: number, buffer: Buffer, known: Buffer): ContentReader {
  let position = offset;
  const overlap = Buffer.allocUnsafeSlow(overlapBytes);
  let overlapLength = known.copy(overlap);
  let overlapOffset = Math.max(0, offset - overlapLength);

  async function read(): Promise<ReadResult> {
    const oldBytes = position - overlapOffset;
    const { bytesRead } = await handle.read(buffer, 0, oldBytes + chunkBytes, overlapOffset);
    if (bytesRead < overlapLength || buffer.compare(overlap, 0, overlapLength, 0, overlapLength) !== 0) return { kind: 'changed' };
    if (bytesRead === oldBytes) return { kind: 'idle' };
    const chunk = buffer.subarray(oldBytes, bytesRead);
    position += chunk.length;
    overlapLength = Math.min(overlapBytes, bytesRead);
    overlapOffset = position - overlapLength;
    buffer.copy(overlap, 0, bytesRead - overlapLength, bytesRead);
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

/** The `known` bytes of a file at an offset; `head` are its first bytes. */
export async function readKnownBytes(handle: FileHandle, offset: number, head: Buffer): Promise<Buffer> {
  if (offset === 0) return head.subarray(0, overlapBytes);
  if (offset <= head.length) return head.subarray(Math.max(0, offset - overlapBytes), offset);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(overlapBytes), 0, overlapBytes, offset - overlapBytes);
  return buffer.subarray(0, bytesRead);
}
