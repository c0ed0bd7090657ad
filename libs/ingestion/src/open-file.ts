/**
 * Opens a log file and looks at its head, decompressed where it is compressed.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

import { detectEncoding } from './compressed-member.ts';
import { createDecompressReport, decompress } from './decompress.ts';

import type { Encoding } from './compressed-member.ts';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Enough for the thousand lines that a format is recognised by. */
export const headLimitBytes = 262_144;

export interface FileHead {
  readonly encoding: Encoding | null;
  /** The first decompressed bytes, at most `headLimitBytes`. */
  readonly bytes: Buffer;
  /** The file ended within the head, for now. */
  readonly ended: boolean;
  readonly stats: Stats;
}

/** Opens a regular file for reading; never blocks on a pipe that took its place. */
export function openLogFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Reads the head of an open file. Damage is not an error here: the head ends there. */
export async function readHead(handle: FileHandle): Promise<FileHead> {
  const stats = await handle.stat();
  const buffer = Buffer.allocUnsafeSlow(Math.min(headLimitBytes, Math.max(stats.size, 1)));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  const raw = buffer.subarray(0, bytesRead);
  const encoding = detectEncoding(raw);
  if (encoding === null) return { encoding, bytes: raw, ended: stats.size <= bytesRead, stats };
  const chunks: Buffer[] = [];
  let bytes = 0;
  let ended = true;
  for await (const chunk of decompress(handle, encoding, createDecompressReport())) {
    chunks.push(chunk);
    bytes += chunk.length;
    ended = bytes < headLimitBytes;
    if (!ended) break;
  }
  return { encoding, bytes: Buffer.concat(chunks).subarray(0, headLimitBytes), ended, stats };
}
