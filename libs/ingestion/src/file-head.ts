/**
 * The head of a file: what a generation is recognised by, and what its file key is made of.
 * Everything is bounded: a file whose first line never ends is known by its first 4 KiB.
 */
import { createHash } from 'node:crypto';

/** Bytes of a first line that count; a longer one is cut, so that the key does not depend on any setting. */
const firstLineLimitBytes = 4096;
/** More than one line, so that two files that begin with the same line are told apart. */
const fingerprintLimitBytes = 1024;

export interface HeadFingerprint {
  /** How many of the file's first bytes were hashed; at least the first line when that is shorter than the limit. */
  readonly bytes: number;
  /** 16 hex digits. */
  readonly hash: string;
}

/**
 * The first complete line of a file without its line end; null when there is none yet.
 *
 * Shape: `ended` says that no more bytes will come, so that a last line without line end counts as complete.
 */
export function firstLineOf(head: Buffer, ended: boolean): Buffer | null {
  const newline = head.subarray(0, firstLineLimitBytes).indexOf(10);
  if (newline >= 0) return head.subarray(0, newline > 0 && head[newline - 1] === 13 ? newline - 1 : newline);
  if (head.length >= firstLineLimitBytes) return head.subarray(0, firstLineLimitBytes);
  return ended && head.length > 0 ? head : null;
}

/** The fingerprint of a head; it covers `bytes` when given, else as much as is there up to the limit. */
export function fingerprintOf(head: Buffer, bytes = Math.min(head.length, fingerprintLimitBytes)): HeadFingerprint {
  return { bytes, hash: shortHash(head.subarray(0, bytes)) };
}

/** Creates the test whether the file that begins with `head` may be the one a fingerprint was taken of; hashes each length once. */
export function createHeadMatcher(head: Buffer): (fingerprint: HeadFingerprint) => boolean {
  const hashes = new Map<number, string>();
  return ({ bytes, hash }) => {
    if (head.length < bytes) return false;
    const own = hashes.get(bytes) ?? shortHash(head.subarray(0, bytes));
    hashes.set(bytes, own);
    return own === hash;
  };
}

/** True when a longer fingerprint can be taken now that the file has `sizeBytes`. */
export function canGrowFingerprint(fingerprint: HeadFingerprint, sizeBytes: number): boolean {
  return fingerprint.bytes < fingerprintLimitBytes && sizeBytes > fingerprint.bytes;
}

/**
 * The file key: 16 hex digits, the same whenever and wherever the same generation of the same log is read.
 *
 * Shape: `folder` is the real folder, `base` the name without rotation and compression suffix; for standard input '' and '-'.
 */
export function buildFileKey(sourceId: string, folder: string, base: string, firstLine: Buffer): string {
  const hash = createHash('sha256');
  for (const part of [sourceId, folder, base]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.update(firstLine).digest('hex').slice(0, 16);
}

function shortHash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
