/**
 * Reads a configuration file as text, bounded: it may be a folder, a device, a database or a log given by mistake.
 */
import { closeSync, openSync, readSync } from 'node:fs';

import { messageOf } from '@sluice/errors';

/** Far over any real configuration (the default file has about 10 KiB), far under what stalls a YAML parser. */
export const maxFileBytes = 262_144;

export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string };

/** The text of a file without its byte order mark; what stands in the way as a value, never thrown. */
export function readConfigFile(path: string, limitBytes = maxFileBytes): FileText {
  let bytes: Buffer;
  try {
    bytes = readHead(path, limitBytes + 1);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'unreadable', message: code === 'EISDIR' ? 'is a folder' : messageOf(error) };
  }
  if (bytes.length > limitBytes) return { kind: 'invalid', message: `is larger than ${limitBytes / 1024} KiB; this cannot be the right file` };
  return decode(bytes);
}

function readHead(path: string, limitBytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(limitBytes);
    let length = 0;
    while (length < limitBytes) {
      const count = readSync(file, buffer, length, limitBytes - length, null);
      if (count === 0) break;
      length += count;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function decode(bytes: Buffer): FileText {
  if (bytes[0] === 0xff || bytes[0] === 0xfe) return { kind: 'invalid', message: 'is not UTF-8 (it looks like UTF-16); save it as UTF-8' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { kind: 'invalid', message: 'holds zero bytes; this is no text file' } : { kind: 'text', text };
  } catch {
    return { kind: 'invalid', message: 'is not UTF-8; save it as UTF-8' };
  }
}
