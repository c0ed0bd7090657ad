/** A quick look that tells texts without secrets, which are nearly all, from those that deserve a thorough one. */
import { createLiteralMatcher } from '../aho-corasick.ts';

/**
 * Builds the look. False only if no parameter of these names, no long number and no signed token is in the text.
 *
 * Cost: linear, without allocation.
 */
export function createSecretGate(names: readonly string[], numbersAndTokens: boolean): (text: string) => boolean {
  const literals = literalsOf(names);
  const matcher = literals === null ? null : createLiteralMatcher(literals);
  return (text) =>
    matcher === null || matcher.some(text) || hasEncodedName(text) || (numbersAndTokens && (hasLongNumber(text) || text.includes('eyJ')));
}

/** What stands in every text with a parameter of such a name; null where nothing has to. */
function literalsOf(names: readonly string[]): string[] | null {
  const literals = new Set<string>();
  for (const name of names) {
    const longest = name.toLowerCase().split('*').reduce((long, part) => (part.length > long.length ? part : long), ''); // prettier-ignore
    if (!/^[!-~]+$/.test(longest)) return null;
    if (name.includes('*')) literals.add(longest);
    // `name=`, `name[a]=`, `a[name]=`, and with blanks around it, as in a cookie.
    else for (const end of ['=', '[', ']', ' ']) literals.add(longest + end);
  }
  return [...literals];
}

/** A name with escapes or beyond ASCII may be any name once it is decoded. */
function hasEncodedName(text: string): boolean {
  let isOdd = false;
  let isName = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x26 || code === 0x3b || code === 0x3f) {
      isOdd = false;
      isName = true;
    } else if (code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x3c || code === 0x3e) {
      // Ends a value in a text, but not in a query.
      isName = true;
    } else if (code === 0x3d) {
      if (isName && isOdd) return true;
      isName = false;
    } else if (code === 0x25 || code > 0x7e) {
      isOdd = true;
    }
  }
  return false;
}

/** As many digits as a card has, whatever separates groups of them. */
function hasLongNumber(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      if (++digits >= 13) return true;
    } else if (code !== 0x20 && code !== 0x25 && code !== 0x2b && code !== 0x2d) {
      digits = 0;
    }
  }
  return false;
}
