/**
 * `%r`, taken apart only where it really is method, target and protocol.
 *
 * Whatever else arrives on port 80 (TLS handshakes, other protocols, nothing at all) is kept whole:
 * a method made of binary bytes would only spoil every list of methods.
 */
import { readText } from './read-text.ts';

export interface RequestParts {
  method: string | null;
  path: string | null;
  query: string | undefined;
  protocol: string | undefined;
  /** The whole line, where it could not be taken apart. */
  request: string | undefined;
}

/** A fresh set of parts for `readRequest` to fill; one per parser. */
export function createRequestParts(): RequestParts {
  return { method: null, path: null, query: undefined, protocol: undefined, request: undefined };
}

/**
 * Fills `parts` from the request line between two positions.
 *
 * `METHOD target HTTP/x.y`: the target may hold blanks. `METHOD target` (HTTP/0.9): only for a target that starts with
 * `/`, is `*`, or has a scheme, without blanks. `-` (nothing arrived: status 408) leaves all parts empty.
 * Source: RFC 9110 section 5.6.2 (token), RFC 9112 section 3 (request line, forms of the target).
 */
export function readRequest(line: string, start: number, end: number, plain: boolean, parts: RequestParts): void {
  const text = readText(line, start, end, plain);
  parts.method = null;
  parts.path = null;
  parts.query = undefined;
  parts.protocol = undefined;
  parts.request = undefined;
  if (text === '-') return;
  const blank = text.indexOf(' ');
  if (blank <= 0 || !isToken(text, blank)) {
    parts.request = text;
    return;
  }
  const last = text.lastIndexOf(' ');
  const protocol = last > blank + 1 ? protocolAt(text, last + 1) : undefined;
  const targetEnd = protocol === undefined ? text.length : last;
  if (protocol === undefined && !isBareTarget(text, blank, last)) {
    parts.request = text;
    return;
  }
  parts.method = text.slice(0, blank);
  parts.protocol = protocol;
  const mark = text.indexOf('?', blank + 1);
  if (mark < 0 || mark >= targetEnd) {
    parts.path = text.slice(blank + 1, targetEnd);
  } else {
    parts.path = text.slice(blank + 1, mark);
    parts.query = text.slice(mark + 1, targetEnd);
  }
}

function isBareTarget(text: string, blank: number, last: number): boolean {
  if (last !== blank) return false;
  const first = text.charCodeAt(blank + 1);
  return first === 47 || (first === 42 && text.length === blank + 2) || text.includes('://', blank + 2);
}

const letters = 'HTTP/';

function protocolAt(text: string, at: number): string | undefined {
  const length = text.length - at;
  if ((length !== 8 && length !== 6) || !text.startsWith(letters, at)) return undefined;
  const major = text.charCodeAt(at + 5);
  if (major < 48 || major > 57) return undefined;
  if (length === 6) return text.slice(at);
  const minor = text.charCodeAt(at + 7);
  if (minor < 48 || minor > 57 || text.charCodeAt(at + 6) !== 46) return undefined;
  // The usual ones as constants: no allocation.
  if (major === 49) return minor === 49 ? 'HTTP/1.1' : minor === 48 ? 'HTTP/1.0' : text.slice(at);
  return major === 50 && minor === 48 ? 'HTTP/2.0' : text.slice(at);
}

/** True when the first `length` characters are an RFC 9110 token. */
export function isToken(text: string, length: number): boolean {
  if (length === 0) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 65 || code > 90) && (code > 126 || tokenCharacters[code] !== 1)) return false;
  }
  return true;
}

const tokenCharacters = new Uint8Array(128);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") tokenCharacters[character.charCodeAt(0)] = 1;
