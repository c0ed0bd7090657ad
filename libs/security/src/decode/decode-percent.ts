/** One layer of percent-encoding: `%41`, `%u0041`, UTF-8 also in overlong forms; what is not a valid escape stays. */
import { hexNumber } from './escape-hex.ts';
import { withoutMarks } from './marks.ts';

const replacement = 0xfffd;

/** Decodes in place and returns the new length. */
export function decodePercent(chars: Uint16Array, length: number): number {
  let write = 0;
  let read = 0;
  while (read < length) {
    const code = chars[read] ?? 0;
    const next = code === 0x25 && read + 2 < length ? (chars[read + 1] ?? 0) : 0;
    if (next === 0) {
      chars[write++] = code;
      read++;
    } else if ((next | 0x20) === 0x75) {
      const wide = hexNumber(chars, read + 2, 4, length);
      chars[write++] = wide < 0 ? code : withoutMarks(wide);
      read += wide < 0 ? 1 : 6;
    } else {
      const byte = hexNumber(chars, read + 1, 2, length);
      const used = byte < 0xc0 ? (byte < 0 ? 1 : 3) : utf8Length(chars, read, byte, length) * 3;
      chars[write++] = byte < 0 ? code : byte < 0xc0 || used === 3 ? byte : utf8Character(chars, read, byte, used / 3);
      read += used;
    }
  }
  return write;
}

/** How many escapes belong to the character that starts with `lead`: 1 when what follows is not UTF-8, so it is Latin-1. */
function utf8Length(chars: Uint16Array, at: number, lead: number, length: number): number {
  const wanted = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : lead < 0xfc ? 5 : 6;
  for (let i = 1; i < wanted; i++) {
    const byte = chars[at + i * 3] === 0x25 ? hexNumber(chars, at + i * 3 + 1, 2, length) : -1;
    // C0 and C1 only ever start overlong forms; servers that took those did not look at the second byte's high bits.
    if (byte < 0 || ((byte & 0xc0) !== 0x80 && lead > 0xc1)) return 1;
  }
  return wanted;
}

/** Overlong forms come out as the character they hide. */
function utf8Character(chars: Uint16Array, at: number, lead: number, count: number): number {
  let point = lead & (0xff >> (count + 1));
  for (let i = 1; i < count; i++) point = (point << 6) | (hexNumber(chars, at + i * 3 + 1, 2, chars.length) & 0x3f);
  return point > 0xffff || point < 0 ? replacement : withoutMarks(point);
}
