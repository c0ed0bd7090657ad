/** Words that make a sentence SQL. */
const sqlWords = new Set(['from', 'null', 'where', 'into', 'limit', 'order', 'having', 'char', 'concat']);

/**
 * True when the value goes on from `start` as plain words, at least two of them: a search for "union select committee"
 * or "script tag in html", which is nobody's attack. Any quote, bracket, operator or SQL word says no.
 *
 * Cost: stops at the first character that no sentence has, at the end of the value (`&`), or after 64 characters.
 */
export function readsLikeProse(text: string, start: number): boolean {
  let words = 0;
  let wordStart = -1;
  const last = Math.min(text.length, start + 64);
  for (let end = start; end <= last; end++) {
    const code = end === last ? 0x26 : text.charCodeAt(end);
    const inWord = isLetter(code) || (wordStart >= 0 && isDigit(code));
    if (inWord) {
      if (wordStart < 0) wordStart = end;
      continue;
    }
    if (wordStart >= 0) {
      if (sqlWords.has(text.slice(wordStart, end))) return false;
      words++;
      wordStart = -1;
    }
    if (code === 0x26) break;
    // A number counts for nothing, and is no first word.
    const allowed =
      code === 0x20 || code === 0x2e || code === 0x3f || (isDigit(code) && words > 0) || (code === 0x2d && text.charCodeAt(end + 1) !== 0x2d);
    if (!allowed) return false;
  }
  return words >= 2;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code > 0xa0 && code !== 0x2026);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
