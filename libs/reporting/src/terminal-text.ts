/**
 * The only way text from a log, a request or a record reaches a terminal.
 *
 * Whatever a client sent may hold escape sequences that rewrite the screen, characters that turn the writing direction,
 * or characters nobody sees. None of them passes here; nothing that passes is wider than it was given room for.
 */

/** Terminal columns of one grapheme-free code point: 2 for East Asian wide characters and emoji, 0 for combining marks. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x231a, 0x231b], [0x2329, 0x232a], [0x23e9, 0x23ec], [0x23f0, 0x23f0], [0x23f3, 0x23f3], [0x25fd, 0x25fe], [0x2614, 0x2615],
  [0x2648, 0x2653], [0x267f, 0x267f], [0x2693, 0x2693], [0x26a1, 0x26a1], [0x26aa, 0x26ab], [0x26bd, 0x26be], [0x26c4, 0x26c5], [0x26ce, 0x26ce],
  [0x26d4, 0x26d4], [0x26ea, 0x26ea], [0x26f2, 0x26f3], [0x26f5, 0x26f5], [0x26fa, 0x26fa], [0x26fd, 0x26fd], [0x2705, 0x2705], [0x270a, 0x270b],
  [0x2728, 0x2728], [0x274c, 0x274c], [0x274e, 0x274e], [0x2753, 0x2755], [0x2757, 0x2757], [0x2795, 0x2797], [0x27b0, 0x27b0], [0x27bf, 0x27bf],
  [0x2b1b, 0x2b1c], [0x2b50, 0x2b50], [0x2b55, 0x2b55], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf],
  [0xa960, 0xa97f], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff], [0x1f004, 0x1f004], [0x1f0cf, 0x1f0cf], [0x1f18e, 0x1f18e], [0x1f191, 0x1f19a], [0x1f1e6, 0x1f202], [0x1f210, 0x1f23b],
  [0x1f240, 0x1f248], [0x1f250, 0x1f251], [0x1f260, 0x1f265], [0x1f300, 0x1f64f], [0x1f680, 0x1f6ff], [0x1f7e0, 0x1f7f0], [0x1f90c, 0x1f9ff],
  [0x1fa70, 0x1faff], [0x20000, 0x3fffd],
]; // prettier-ignore

/** More marks than this on one character are a drawing over the neighbouring lines, not a word. */
const mostMarks = 3;
/** Values in a log line are bounded by the line; nobody reads more than this of one on a terminal. */
const mostWidth = 4096;

/**
 * Makes hostile text safe to print on one line: ANSI escape sequences, control characters (C0, DEL, C1), line and
 * paragraph separators, direction overrides and isolates, invisible and unassigned characters are taken out.
 *
 * Units: `maxWidth` in terminal columns, a wide character being two; what is longer ends in `…`.
 * Cost: linear in what is kept and skipped; stops at `maxWidth`.
 */
export function terminalText(value: string, maxWidth = mostWidth): string {
  const limit = Math.max(0, Math.min(maxWidth, mostWidth));
  let kept = '';
  let width = 0;
  let marks = 0;
  /** The longest prefix that leaves a column for the ellipsis. */
  let prefix = '';
  let index = 0;
  while (index < value.length) {
    const code = value.codePointAt(index) ?? 0;
    if (code === 0x1b || code === 0x9b) {
      index = endOfEscape(value, index);
      continue;
    }
    const text = String.fromCodePoint(code);
    index += text.length;
    if (isUnprintable(code, text)) continue;
    const columns = isMark(text) ? 0 : columnsOf(code);
    marks = columns === 0 ? marks + 1 : 0;
    if (marks > mostMarks || (columns === 0 && kept === '')) continue;
    if (width + columns > limit) return limit === 0 ? '' : `${prefix}…`;
    kept += text;
    width += columns;
    if (width < limit) prefix = kept;
  }
  return kept;
}

/** As `terminalText`, but what is too long loses its middle: for values that differ in their ends, such as user agents. */
export function terminalTextEnds(value: string, maxWidth: number): string {
  const whole = terminalText(value);
  if (textWidth(whole) <= maxWidth) return whole;
  const head = terminalText(whole, Math.ceil(maxWidth / 2));
  let room = maxWidth - textWidth(head);
  let start = whole.length;
  for (const character of Array.from(whole).reverse()) {
    room -= textWidth(character);
    if (room < 0) break;
    start -= character.length;
  }
  return head + whole.slice(start);
}

/** Terminal columns of text that came from `terminalText` or is our own. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += isMark(character) ? 0 : columnsOf(character.codePointAt(0) ?? 0);
  return width;
}

function columnsOf(code: number): number {
  if (code < 0x1100) return 1;
  let low = 0;
  let high = wideRanges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = wideRanges[middle] ?? [0, 0];
    if (code < from) high = middle - 1;
    else if (code > to) low = middle + 1;
    else return 2;
  }
  return 1;
}

const markPattern = /^\p{M}$/u;
/** Control, format (direction, zero width, soft hyphen, tags), surrogate, private use, unassigned; separators but the blank. */
const unprintablePattern = /^[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]$/u;

function isMark(text: string): boolean {
  return text > '\u02ff' && markPattern.test(text);
}

function isUnprintable(code: number, text: string): boolean {
  if (code >= 0x20 && code < 0x7f) return false;
  // Variation selectors are marks that change how wide a terminal draws the character before.
  return (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef) || unprintablePattern.test(text);
}

/** Index after the escape sequence that begins here; an unfinished one ends where its syntax does, so text after it survives. */
function endOfEscape(value: string, start: number): number {
  let index = start + 1;
  let kind = '[';
  if (value.charCodeAt(start) === 0x1b) {
    kind = value.charAt(index);
    index += 1;
  }
  if (kind === '[') return endOfControlSequence(value, index);
  // Title and string sequences (OSC, DCS, SOS, PM, APC) run to BEL or ST; without an end only their head is taken out.
  if (kind !== '' && ']PX^_'.includes(kind)) return endOfString(value, index);
  return kind > '\x20' && kind < '\x7f' ? index : start + 1;
}

function endOfControlSequence(value: string, start: number): number {
  let index = start;
  while (index < value.length && isBetween(value.charCodeAt(index), 0x20, 0x3f)) index += 1;
  return index < value.length && isBetween(value.charCodeAt(index), 0x40, 0x7e) ? index + 1 : index;
}

/** Longest string sequence looked through; bounds the work on text full of openings that never close. */
const mostStringLength = 256;

function endOfString(value: string, start: number): number {
  const stop = Math.min(value.length, start + mostStringLength);
  for (let index = start; index < stop; index += 1) {
    const code = value.charCodeAt(index);
    if (code === 0x07 || code === 0x9c) return index + 1;
    if (code === 0x1b) return value.charAt(index + 1) === '\\' ? index + 2 : index;
  }
  return start;
}

function isBetween(code: number, from: number, to: number): boolean {
  return code >= from && code <= to;
}
