/**
 * Where the rows of a block come from, read from the bytes of their ids: no text is made for an ordinary one.
 */
import { parseEventId } from '@sluice/event';

import { nullText } from './column-block.ts';

import type { Block } from './column-block.ts';

/** The sequence an id belongs to and its place there: a file and a byte offset, or a topic partition and a record offset. */
export interface Place {
  readonly key: string;
  readonly offset: number;
  readonly isFile: boolean;
}

export interface RowOrigin {
  /** The id as text; made on demand. */
  readonly id: () => string;
  /** Null for an id that names no origin. */
  readonly place: Place | null;
  readonly logOffset: number;
}

/** `<16 hex digits>-<offset, base36>-<8 hex digits>`; longer offsets than eight digits may be beyond 2^53 and take the slow way. */
const keyBytes = 16;
const checksumBytes = 8;
const shortestId = keyBytes + checksumBytes + 3;
const longestId = shortestId + 7;
const hyphen = 45;

/** Calls `visit` for each row in order; `idColumn` is a column without an index. */
export function visitOrigins(block: Block, idColumn: number, offsetColumn: number, visit: (row: number, origin: RowOrigin) => void): void {
  const ids = block.columns[idColumn] ?? null;
  const offsets = block.columns[offsetColumn] ?? null;
  const logOffsets = offsets?.kind === 'numbers' ? offsets.values : null;
  const bytes = Buffer.from(block.text.buffer, block.text.byteOffset, block.text.byteLength);
  const readPlace = createPlaceReader(bytes);
  let at = ids?.kind === 'texts' ? ids.start : 0;
  for (let row = 0; row < block.rows; row += 1) {
    const length = ids?.kind === 'texts' ? (ids.lengths[row] ?? nullText) : nullText;
    const start = at;
    const end = length === nullText ? start : start + length;
    const id = (): string => bytes.toString('utf8', start, end);
    visit(row, { id, place: readPlace(start, end) ?? parsePlace(id()), logOffset: logOffsets?.[row] ?? Number.NaN });
    at = end;
  }
}

/** Reads ids of file positions; null for all others. */
function createPlaceReader(bytes: Buffer): (start: number, end: number) => Place | null {
  // The last key, as text and where it stands.
  let key = '';
  let keyAt = -1;
  return (start, end) => {
    const length = end - start;
    if (length < shortestId || length > longestId) return null;
    const offsetEnd = end - checksumBytes - 1;
    if (bytes[start + keyBytes] !== hyphen || bytes[offsetEnd] !== hyphen) return null;
    if (!isHex(bytes, offsetEnd + 1, end)) return null;
    let offset = 0;
    for (let at = start + keyBytes + 1; at < offsetEnd; at += 1) {
      const digit = base36Digit(bytes[at] ?? 0);
      if (digit < 0) return null;
      offset = offset * 36 + digit;
    }
    if (keyAt < 0 || !isSame(bytes, start, keyAt)) {
      if (!isHex(bytes, start, start + keyBytes)) return null;
      key = bytes.toString('latin1', start, start + keyBytes);
      keyAt = start;
    }
    return { key, offset, isFile: true };
  };
}

function isSame(bytes: Buffer, one: number, other: number): boolean {
  // From the end: keys of different files differ anywhere.
  for (let at = keyBytes - 1; at >= 0; at -= 1) if (bytes[one + at] !== bytes[other + at]) return false;
  return true;
}

function isHex(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const digit = base36Digit(bytes[at] ?? 0);
    if (digit < 0 || digit > 15) return false;
  }
  return true;
}

function base36Digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 122 ? code - 87 : -1;
}

function parsePlace(id: string): Place | null {
  const origin = parseEventId(id);
  if (origin !== null) return { key: origin.fileKey, offset: origin.offset, isFile: true };
  const last = id.lastIndexOf('-');
  const before = id.lastIndexOf('-', last - 1);
  if (before < 1 || !isCount(id, before + 1, last) || !isCount(id, last + 1, id.length)) return null;
  return { key: id.slice(0, last), offset: Number(id.slice(last + 1)), isFile: false };
}

/** Digits only, and few enough for a safe integer. */
function isCount(text: string, from: number, to: number): boolean {
  if (to - from < 1 || to - from > 15) return false;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
