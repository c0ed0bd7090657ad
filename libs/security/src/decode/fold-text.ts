/**
 * The last step of decoding: letter case, width and look-alikes folded, control characters made blanks, invisible
 * characters and NUL dropped, marks made separators again.
 */
import { nameMark, valueMark } from './marks.ts';

/** Characters that normalisation (NFKC, or a database's collation) turns into syntax. */
const lookAlikes = new Map<number, number>([
  [0x2215, 0x2f],
  [0x2044, 0x2f],
  [0x2216, 0x5c],
  [0x2018, 0x27],
  [0x2019, 0x27],
  [0x02bc, 0x27],
  [0x201c, 0x22],
  [0x201d, 0x22],
  [0x3002, 0x2e],
  [0xff61, 0x2e],
  [0x24ea, 0x30],
  [0x0131, 0x69],
  [0x017f, 0x73],
  [0x3000, 0x20],
  [0x2028, 0x0a],
  [0x2029, 0x0a],
]);

/** Folds in place; pushes where separators stand: the index of `&`, the complement (`~`) of that of `=`. Returns the new length. */
export function foldText(chars: Uint16Array, length: number, marks: number[]): number {
  let write = 0;
  for (let read = 0; read < length; read++) {
    let code = chars[read] ?? 0;
    if (code < 0x80) {
      if (code >= 0x41 && code <= 0x5a) code |= 0x20;
      else if (code < 0x20 || code === 0x7f) {
        if (code === 0) continue;
        code = code === 0x0a || code === 0x0d ? 0x0a : 0x20;
      }
    } else if (code === nameMark || code === valueMark) {
      marks.push(code === nameMark ? write : ~write);
      code = code === nameMark ? 0x26 : 0x3d;
    } else if ((code & 0xfffe) === 0xc0 && read + 1 < length && ((chars[read + 1] ?? 0) & 0xffc0) === 0x80) {
      // Raw overlong bytes, which a log that is not UTF-8 shows as Latin-1.
      code = asciiFold(((code & 1) << 6) | ((chars[++read] ?? 0) & 0x3f));
      if (code === 0) continue;
    } else if (code <= 0xa0) {
      code = 0x20;
    } else if (isInvisible(code)) {
      continue;
    } else {
      code = foldWide(code);
    }
    chars[write++] = code;
  }
  return write;
}

function foldWide(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return asciiFold(code - 0xfee0);
  if (code >= 0x2460 && code <= 0x2468) return code - 0x2460 + 0x31;
  if (code >= 0x2000 && code <= 0x200a) return 0x20;
  return lookAlikes.get(code) ?? code;
}

function asciiFold(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code < 0x20 && code !== 0 ? 0x20 : code;
}

/** Soft hyphen, zero-width characters, byte order mark: nobody sees them, and words are cut in two with them. */
function isInvisible(code: number): boolean {
  return code === 0xad || (code >= 0x200b && code <= 0x200f) || (code >= 0x2060 && code <= 0x2064) || code === 0xfeff;
}
