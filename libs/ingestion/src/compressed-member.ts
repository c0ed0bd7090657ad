/**
 * The headers of compressed files: which encoding a file has by its first bytes, and where a gzip member's or zstd
 * frame's data begins. RFC 1952 section 2.3, RFC 8878 section 3.1.
 */
export type Encoding = 'gzip' | 'zstd';

const gzipFlags = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;
const gzipFixedBytes = 10;
const zstdMagic = 0xfd2fb528;
const zstdSkippableMagic = 0x184d2a50;

/** The encoding of a file that begins with these bytes; null when it is plain or too short to tell. */
export function detectEncoding(head: Buffer): Encoding | null {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head.length < 4) return null;
  const magic = head.readUInt32LE(0);
  return magic === zstdMagic || isSkippable(magic) ? 'zstd' : null;
}

/** What stands at a place where a member may begin. */
export type MemberHeader =
  /** A member whose data begins after this many bytes. */
  | { readonly kind: 'member'; readonly bytes: number }
  /** Nothing to decode here: go on behind it. */
  | { readonly kind: 'skip'; readonly bytes: number }
  /** The end of the file, or padding up to it. */
  | { readonly kind: 'end' }
  /** A header that is cut off by the end of the file. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'garbage' };

/** Reads the header at the start of `bytes`; `atEnd` says that the file ends with them. */
export function parseMemberHeader(encoding: Encoding, bytes: Buffer, first: boolean, atEnd: boolean): MemberHeader {
  if (bytes.length === 0) return first ? { kind: 'partial' } : { kind: 'end' };
  // Tapes and block devices pad with zeros.
  if (!first && atEnd && bytes.every((byte) => byte === 0)) return { kind: 'end' };
  return encoding === 'gzip' ? parseGzip(bytes, atEnd) : parseZstd(bytes);
}

function parseZstd(bytes: Buffer): MemberHeader {
  if (bytes.length < 4) return { kind: 'partial' };
  const magic = bytes.readUInt32LE(0);
  // The decoder reads the frame header itself.
  if (magic === zstdMagic) return { kind: 'member', bytes: 0 };
  if (!isSkippable(magic)) return { kind: 'garbage' };
  return bytes.length < 8 ? { kind: 'partial' } : { kind: 'skip', bytes: 8 + bytes.readUInt32LE(4) };
}

function isSkippable(magic: number): boolean {
  return magic - (magic & 0xf) === zstdSkippableMagic;
}

function parseGzip(bytes: Buffer, atEnd: boolean): MemberHeader {
  if (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b) || (bytes.length > 2 && bytes[2] !== 8)) return { kind: 'garbage' };
  const short: MemberHeader = { kind: atEnd ? 'partial' : 'garbage' };
  if (bytes.length < gzipFixedBytes) return short;
  const flags = bytes.readUInt8(3);
  let at = gzipFixedBytes;
  if ((flags & gzipFlags.extra) !== 0) {
    if (bytes.length < at + 2) return short;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [gzipFlags.name, gzipFlags.comment]) {
    if ((flags & flag) === 0) continue;
    const terminator = bytes.indexOf(0, at);
    if (terminator < 0) return short;
    at = terminator + 1;
  }
  if ((flags & gzipFlags.headerCrc) !== 0) at += 2;
  return at > bytes.length ? short : { kind: 'member', bytes: at };
}
