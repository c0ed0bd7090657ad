/** HTML entities: `&#60;`, `&#x3c` (the semicolon may be missing), and the named ones that hide syntax. */
import { digitValue } from './escape-hex.ts';
import { nameMark, withoutMarks } from './marks.ts';

const named = new Map<string, number>([
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['amp', 0x26],
  ['quot', 0x22],
  ['apos', 0x27],
  ['tab', 0x09],
  ['newline', 0x0a],
  ['colon', 0x3a],
  ['semi', 0x3b],
  ['lpar', 0x28],
  ['rpar', 0x29],
  ['equals', 0x3d],
  ['sol', 0x2f],
  ['bsol', 0x5c],
  ['period', 0x2e],
  ['grave', 0x60],
  ['lbrace', 0x7b],
  ['rbrace', 0x7d],
  ['nbsp', 0x20],
]);
const longestName = 7;

/** Decodes in place and returns the new length. */
export function decodeEntities(chars: Uint16Array, length: number): number {
  let write = 0;
  let read = 0;
  while (read < length) {
    const code = chars[read] ?? 0;
    const entity = code === 0x26 || code === nameMark ? entityAt(chars, read, length) : 0;
    chars[write++] = entity === 0 ? code : entity & 0xffff;
    read += entity === 0 ? 1 : entity >> 16;
  }
  return write;
}

/** The character in the low 16 bits, the length of the entity above them; 0 when there is none. */
function entityAt(chars: Uint16Array, at: number, length: number): number {
  return chars[at + 1] === 0x23 ? numberedAt(chars, at, length) : namedAt(chars, at, length);
}

function numberedAt(chars: Uint16Array, at: number, length: number): number {
  const hexadecimal = ((chars[at + 2] ?? 0) | 0x20) === 0x78;
  const start = at + (hexadecimal ? 3 : 2);
  let end = start;
  let value = 0;
  // Browsers allow any number of leading zeros; more than 24 digits are no entity that anybody sends.
  for (; end < Math.min(length, start + 24); end++) {
    const digit = digitValue(chars[end] ?? 0);
    if (digit < 0 || (!hexadecimal && digit > 9)) break;
    value = Math.min(0xffff, value * (hexadecimal ? 16 : 10) + digit);
  }
  if (end === start) return 0;
  return (((chars[end] === 0x3b && end < length ? end + 1 : end) - at) << 16) | withoutMarks(value);
}

function namedAt(chars: Uint16Array, at: number, length: number): number {
  let name = '';
  let end = at + 1;
  for (; end < Math.min(length, at + 2 + longestName); end++) {
    const letter = (chars[end] ?? 0) | 0x20;
    if (letter < 0x61 || letter > 0x7a) break;
    name += String.fromCharCode(letter);
  }
  const character = chars[end] === 0x3b && end < length ? named.get(name) : undefined;
  return character === undefined ? 0 : ((end + 1 - at) << 16) | character;
}
