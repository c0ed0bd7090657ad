/** Escapes of JavaScript strings: `\u003c`, `\u{3c}`, `\x3c`, and octal `\074` where several stand in a row. */
import { digitValue, hexNumber } from './escape-hex.ts';
import { withoutMarks } from './marks.ts';

/** Decodes in place and returns the new length. */
export function decodeScript(chars: Uint16Array, length: number): number {
  let write = 0;
  let read = 0;
  while (read < length) {
    const code = chars[read] ?? 0;
    const escape = code === 0x5c ? escapeAt(chars, read, length) : 0;
    chars[write++] = escape === 0 ? code : escape & 0xffff;
    read += escape === 0 ? 1 : escape >> 16;
  }
  return write;
}

/** The character in the low 16 bits, the length of the escape above them; 0 when there is none. */
function escapeAt(chars: Uint16Array, at: number, length: number): number {
  const kind = (chars[at + 1] ?? 0) | 0x20;
  if (kind === 0x78) return found(hexNumber(chars, at + 2, 2, length), 4);
  if (kind === 0x75) return chars[at + 2] === 0x7b ? bracedAt(chars, at, length) : found(hexNumber(chars, at + 2, 4, length), 6);
  // Three octal digits alone may well be a folder of a Windows path.
  const octal = octalAt(chars, at, length);
  return octal >= 0 && (octalAt(chars, at + 4, length) >= 0 || octalAt(chars, at - 4, length) >= 0) ? found(octal, 4) : 0;
}

function found(value: number, length: number): number {
  return value < 0 ? 0 : (length << 16) | withoutMarks(value);
}

function bracedAt(chars: Uint16Array, at: number, length: number): number {
  let value = 0;
  for (let end = at + 3; end < Math.min(length, at + 10); end++) {
    const code = chars[end] ?? 0;
    if (code === 0x7d) return end === at + 3 ? 0 : found(Math.min(value, 0xffff), end + 1 - at);
    const digit = digitValue(code);
    if (digit < 0) return 0;
    value = value * 16 + digit;
  }
  return 0;
}

function octalAt(chars: Uint16Array, at: number, length: number): number {
  if (at < 0 || at + 4 > length || chars[at] !== 0x5c) return -1;
  let value = 0;
  for (let i = at + 1; i < at + 4; i++) {
    const digit = (chars[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return -1;
    value = value * 8 + digit;
  }
  return value < 256 ? value : -1;
}
