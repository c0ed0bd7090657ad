/**
 * Reads gzip and zstd files as a stream of plain chunks: all members and frames of a file one after the other, and of a
 * damaged or unfinished file everything up to the damage. Memory is bounded by the chunk size, whatever the ratio.
 *
 * Node's own gunzip discards what it decoded when trash follows a member, and its zstd stream ends after the first
 * frame; so the members are walked here, and node:zlib decodes one at a time.
 */
import { crc32, createInflateRaw, createZstdDecompress } from 'node:zlib';

import { parseMemberHeader } from './compressed-member.ts';

import type { Encoding, MemberHeader } from './compressed-member.ts';
import type { FileHandle } from 'node:fs/promises';
import type { Transform } from 'node:stream';

const inputBytes = 65_536;
const outputBytes = 131_072;
/** A header that is longer, or unreadable, is looked at again with `inputBytes`. */
const usualHeaderBytes = 1024;
/** After damage the same member is decoded again with writes this small, so that at most their output is missing. */
const fineInputBytes = 16;
const gzipTrailerBytes = 8;

/** How a compressed file ended. `truncated`: it may still be being written. */
export type CompressedEnd = 'complete' | 'truncated' | 'corrupt';

/** Filled in while the chunks are taken. */
export interface DecompressReport {
  /** Bytes of the compressed file that were read. */
  compressedBytes: number;
  /** Null until the last chunk was taken. */
  end: CompressedEnd | null;
  /** What is wrong, in a sentence; empty when nothing is. */
  message: string;
}

export function createDecompressReport(): DecompressReport {
  return { compressedBytes: 0, end: null, message: '' };
}

/**
 * The decompressed content of a file from its beginning.
 *
 * Errors: damage ends the chunks and is told by `report`; throws only what reading the file throws.
 */
export async function* decompress(handle: FileHandle, encoding: Encoding, report: DecompressReport): AsyncGenerator<Buffer, void, undefined> {
  let position = 0;
  for (;;) {
    report.compressedBytes = position;
    const header = await readHeader(handle, encoding, position);
    if (header.kind !== 'member') {
      if (header.kind === 'skip') {
        position += header.bytes;
        continue;
      }
      finish(report, position, header);
      return;
    }
    const member: MemberState = { position: position + header.bytes, consumedBytes: 0, deliveredBytes: 0, crc32: 0, failure: null };
    yield* decodeMember(handle, encoding, member, report);
    if (member.failure === null && encoding === 'gzip') await checkTrailer(handle, member, report);
    if (member.failure !== null) {
      report.end = member.failure.end;
      report.message = member.failure.message;
      return;
    }
    position = member.position + member.consumedBytes;
  }
}

interface MemberState {
  /** Where the encoded bytes begin. */
  readonly position: number;
  consumedBytes: number;
  deliveredBytes: number;
  crc32: number;
  failure: { readonly end: 'truncated' | 'corrupt'; readonly message: string } | null;
}

function finish(report: DecompressReport, position: number, header: Exclude<MemberHeader, { kind: 'member' | 'skip' }>): void {
  if (header.kind === 'end') {
    // A member with a wrong checksum was passed on the way.
    report.end = report.message === '' ? 'complete' : 'corrupt';
  } else if (header.kind === 'partial') {
    report.end = 'truncated';
    report.message = `it ends within a header at byte ${position}`;
  } else {
    report.end = 'corrupt';
    report.message = `what follows byte ${position} is not compressed data`;
  }
}

async function readHeader(handle: FileHandle, encoding: Encoding, position: number): Promise<MemberHeader> {
  const bytes = await readChunk(handle, position, usualHeaderBytes);
  const header = parseMemberHeader(encoding, bytes, position === 0, bytes.length < usualHeaderBytes);
  if (header.kind === 'member' || header.kind === 'skip' || bytes.length < usualHeaderBytes) return header;
  const more = await readChunk(handle, position, inputBytes);
  return parseMemberHeader(encoding, more, position === 0, more.length < inputBytes);
}

async function* decodeMember(
  handle: FileHandle,
  encoding: Encoding,
  member: MemberState,
  report: DecompressReport,
): AsyncGenerator<Buffer, void, undefined> {
  yield* runEngine(handle, encoding, member, report, Number.POSITIVE_INFINITY);
  if (member.failure?.end !== 'corrupt') return;
  // The engine throws away what it decoded in the write that failed: go there again in small steps.
  yield* runEngine(handle, encoding, member, report, member.consumedBytes);
}

/** Decodes one member and delivers what was not delivered before; sets `failure` when it does not come to its end. */
async function* runEngine(
  handle: FileHandle,
  encoding: Encoding,
  member: MemberState,
  report: DecompressReport,
  fineFrom: number,
): AsyncGenerator<Buffer, void, undefined> {
  const engine = encoding === 'gzip' ? createInflateRaw({ chunkSize: outputBytes }) : createZstdDecompress({ chunkSize: outputBytes });
  let skipBytes = member.deliveredBytes;
  member.failure = null;
  void feed(handle, engine, member.position, fineFrom);
  try {
    for await (const chunk of engine as AsyncIterable<Buffer>) {
      const fresh = chunk.subarray(Math.min(skipBytes, chunk.length));
      skipBytes -= chunk.length - fresh.length;
      if (fresh.length === 0) continue;
      member.deliveredBytes += fresh.length;
      member.crc32 = crc32(fresh, member.crc32);
      report.compressedBytes = member.position + engine.bytesWritten;
      yield fresh;
    }
  } catch (error) {
    member.failure = toFailure(error, member.position + engine.bytesWritten);
  } finally {
    member.consumedBytes = engine.bytesWritten;
    engine.destroy();
  }
}

/** Rethrows what is not about the content. */
function toFailure(error: unknown, position: number): MemberState['failure'] {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return { end: 'truncated', message: `it is cut off at byte ${position}` };
  if (code.startsWith('Z_') || code.startsWith('ZSTD_')) return { end: 'corrupt', message: `it is damaged near byte ${position}` };
  throw error;
}

/** Writes the file's bytes from `position` to the engine until the engine has enough or the file ends. */
async function feed(handle: FileHandle, engine: Transform, position: number, fineFrom: number): Promise<void> {
  try {
    let fedBytes = 0;
    while (!engine.readableEnded && !engine.destroyed) {
      const toFine = fineFrom - fedBytes;
      const chunk = await readChunk(handle, position + fedBytes, toFine > 0 ? Math.min(inputBytes, toFine) : fineInputBytes);
      fedBytes += chunk.length;
      if (chunk.length === 0) {
        engine.end();
        return;
      }
      await write(engine, chunk);
    }
  } catch (error) {
    engine.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Writes one chunk; resolves when the engine decoded it, or takes no more. */
function write(engine: Transform, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const events = ['end', 'close', 'error'] as const;
    const done = (): void => {
      for (const event of events) engine.off(event, done);
      resolve();
    };
    for (const event of events) engine.on(event, done);
    engine.write(chunk, done);
  });
}

/** The gzip trailer: CRC-32 and length modulo 2^32 of the member's content. */
async function checkTrailer(handle: FileHandle, member: MemberState, report: DecompressReport): Promise<void> {
  const at = member.position + member.consumedBytes;
  const trailer = await readChunk(handle, at, gzipTrailerBytes);
  if (trailer.length < gzipTrailerBytes) {
    member.failure = { end: 'truncated', message: `it is cut off at byte ${at + trailer.length}` };
    return;
  }
  member.consumedBytes += gzipTrailerBytes;
  if (trailer.readUInt32LE(0) !== member.crc32 || trailer.readUInt32LE(4) !== member.deliveredBytes % 0x1_0000_0000) {
    report.message = `the checksum at byte ${at} does not match`;
  }
}

/** Reads up to `length` bytes; fewer only at the end of the file. */
async function readChunk(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
