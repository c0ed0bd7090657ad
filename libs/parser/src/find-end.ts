/**
 * Where a field of a line ends. Each function returns a position, or -1 when the field has no end: the line is refused.
 *
 * Invariant: every search goes forward over the line once, so a line costs at most fields x length.
 */
const backslash = 92;
const comma = 44;
const dash = 45;

/** The next `"` that no backslash escapes. */
export function endOfQuoted(line: string, start: number): number {
  let at = line.indexOf('"', start);
  while (at > start && line.charCodeAt(at - 1) === backslash) {
    // An even run of backslashes is escaped backslashes; runs are disjoint, so counting them stays linear.
    let run = at - 1;
    while (run > start && line.charCodeAt(run - 1) === backslash) run--;
    if ((at - run) % 2 === 0) return at;
    at = line.indexOf('"', at + 1);
  }
  return at;
}

/** The first `literal` after an unquoted field (empty: the end of the line). An unescaped quote inside is no field. */
export function endOfText(line: string, start: number, literal: string): number {
  const end = literal === '' ? line.length : line.indexOf(literal, start);
  if (end < 0) return -1;
  const quoted = endOfQuoted(line, start);
  return quoted >= 0 && quoted < end ? -1 : end;
}

/** Like `endOfText`, but a `literal` right after a comma is part of the field: `client, proxy1, proxy2`. */
export function endOfList(line: string, start: number, literal: string): number {
  let end = line.indexOf(literal, start);
  while (end > start && line.charCodeAt(end - 1) === comma) {
    end = line.indexOf(literal, end + 1);
  }
  if (end < 0) return -1;
  const quoted = endOfQuoted(line, start);
  return quoted >= 0 && quoted < end ? -1 : end;
}

/** The last `literal` before the closing quote: a target with blanks in `"%m %U%q %H"`. */
export function endBeforeLast(line: string, start: number, literal: string): number {
  const closing = endOfQuoted(line, start);
  if (closing <= start) return -1;
  const end = line.lastIndexOf(literal, closing - 1);
  return end >= start ? end : -1;
}

const clfTimeLength = 28; // [22/Nov/2026:13:55:36 +0000]

/**
 * The end of a user name that may hold blanks, or even the text that follows it: the first `before` that a time in
 * brackets and then `after` follow. Who logs in as `x [y` is read right, and cannot make the line unreadable.
 */
export function endOfUser(line: string, start: number, before: string, after: string): number {
  if (line.charCodeAt(start) === dash && line.startsWith(before, start + 1)) return start + 1;
  if (line.startsWith('""', start)) return line.startsWith(before, start + 2) ? start + 2 : -1; // how httpd writes an empty name
  let end = line.indexOf(before, start);
  while (end >= 0) {
    const time = end + before.length;
    if (line.charCodeAt(time) === 91 && line.charCodeAt(time + clfTimeLength - 1) === 93 && line.startsWith(after, time + clfTimeLength)) {
      const quoted = endOfQuoted(line, start);
      return quoted >= 0 && quoted < end ? -1 : end;
    }
    end = line.indexOf(before, end + 1);
  }
  return -1;
}

/** An unquoted request line: up to `literal` right after the protocol, or a lone `-`. */
export function endOfBareRequest(line: string, start: number, literal: string): number {
  if (line.charCodeAt(start) === dash && line.startsWith(literal, start + 1)) return start + 1;
  let at = line.indexOf(' HTTP/', start);
  while (at >= 0) {
    let end = at + 6;
    while (isProtocolDigit(line.charCodeAt(end))) end++;
    if (literal === '' ? end === line.length : line.startsWith(literal, end)) return end;
    at = line.indexOf(' HTTP/', at + 6);
  }
  return -1;
}

function isProtocolDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

/** Past a number: digits with at most one sign before and one point inside, or a lone `-`. */
export function endOfNumber(line: string, start: number): number {
  const length = line.length;
  let at = start;
  if (at < length && line.charCodeAt(at) === dash) at++;
  while (at < length) {
    const code = line.charCodeAt(at);
    if ((code < 48 || code > 57) && code !== 46) break;
    at++;
  }
  return at === start ? -1 : at;
}

/** Past a server name: letters, digits, `-`, `.`, `_`, or an address in brackets. */
export function endOfHost(line: string, start: number): number {
  let at = start;
  if (line.charCodeAt(at) === 91) {
    const close = line.indexOf(']', at);
    return close < 0 || close - at > 47 ? -1 : close + 1;
  }
  while (at < line.length && isHostCharacter(line.charCodeAt(at))) at++;
  return at === start ? -1 : at;
}

/** Before the last `literal` of an address and what is attached to it: `%a:%{remote}p`, also with IPv6. */
export function endOfAttached(line: string, start: number, literal: string): number {
  let at = start;
  while (at < line.length && (isHostCharacter(line.charCodeAt(at)) || line.charCodeAt(at) === 58 || line.charCodeAt(at) === 37)) at++;
  const end = line.lastIndexOf(literal, at - 1);
  return end >= start ? end : -1;
}

export function isHostCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 45 && code <= 46) || code === 95;
}

/** The end of `%U` in `%U%q`: at the first `?` before the end of both, or there. */
export function endOfTarget(line: string, start: number, end: number): number {
  if (end < 0) return -1;
  const mark = line.indexOf('?', start);
  return mark >= 0 && mark < end ? mark : end;
}
