/**
 * Event ids. `<file key>-<byte offset, base36>-<crc32 of the line, 8 hex digits>`:
 * derived from where a line came from, so reading it again gives the same id.
 */

export interface EventOrigin {
  /** 16 hex digits; the same for every copy of one file generation (renamed, compressed). */
  fileKey: string;
  /** Bytes before the line in the decompressed file. */
  offset: number;
  crc32: number;
}

/** All four-digit hex and three-digit base36 numbers: looking digits up takes a fifth of the time of making them. */
const hexDigits = Array.from({ length: 0x1_0000 }, (_, value) => (value + 0x1_0000).toString(16).slice(1));
const lowSpan = 36 ** 3;
const lowDigits = Array.from({ length: lowSpan }, (_, value) => (value + 36 * lowSpan).toString(36).slice(-3));

/** Key and leading digits are the same for some 46 KB of a log: the last ones are remembered. */
let lastKey = '';
let lastHigh = 0;
let lastPrefix = '';

/** Builds the id of the line at `offset` bytes; `crc32` is over the line's bytes without its line end. */
export function formatEventId(fileKey: string, offset: number, crc32: number): string {
  const checksum = `${hexDigits[crc32 >>> 16] ?? ''}${hexDigits[crc32 & 0xffff] ?? ''}`;
  const high = Math.floor(offset / lowSpan);
  if (high === 0) return `${fileKey}-${offset.toString(36)}-${checksum}`;
  if (high !== lastHigh || fileKey !== lastKey) {
    lastHigh = high;
    lastKey = fileKey;
    lastPrefix = `${fileKey}-${high.toString(36)}`;
  }
  return `${lastPrefix}${lowDigits[offset - high * lowSpan] ?? ''}-${checksum}`;
}

const originPattern = /^([0-9a-f]{16})-([0-9a-z]{1,11})-([0-9a-f]{8})$/;

/** Takes an id apart; null for ids that do not come from a file position (records of other shippers). */
export function parseEventId(id: string): EventOrigin | null {
  const match = originPattern.exec(id);
  if (match === null) return null;
  const offset = Number.parseInt(match[2] ?? '', 36);
  if (!Number.isSafeInteger(offset)) return null;
  return { fileKey: match[1] ?? '', offset, crc32: Number.parseInt(match[3] ?? '', 16) };
}
