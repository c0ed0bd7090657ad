/**
 * Names and kinds of known bots, from the patterns of the crawler-user-agents package. Nearly all of its patterns
 * are literals in regex clothing: they are taken apart into literals here, so that no regex of foreign making
 * ever runs on a user agent.
 */
import crawlers from 'crawler-user-agents';

import type { BotKind } from '@sluice/event';

export interface KnownBot {
  /** What a user agent contains, in lower case. */
  readonly literal: string;
  /** Where it must stand: anywhere, first, first or after a blank, last. */
  readonly place: 'anywhere' | 'start' | 'word' | 'end';
  readonly name: string;
  readonly kind: BotKind;
}

const kindOfTag = new Map<string, BotKind>([
  ['ai-crawler', 'ai'],
  ['scanner', 'scanner'],
  ['search-engine', 'search'],
  ['social-preview', 'preview'],
  ['feed-reader', 'feed'],
  ['seo', 'seo'],
  ['monitoring', 'monitor'],
  ['archiver', 'archiver'],
  ['http-library', 'library'],
  ['browser-automation', 'library'],
]);

/** The kind for a set of tags: of several, the one that matters most to who reads the log; `other` when none is known. */
function kindOf(tags: readonly string[]): BotKind {
  for (const [tag, kind] of kindOfTag) if (tags.includes(tag)) return kind;
  return 'other';
}

/** Every known bot that a literal can tell; the few patterns with wildcards are left to `isbot`. */
export function loadBotCatalog(): KnownBot[] {
  const bots: KnownBot[] = [];
  for (const crawler of crawlers) {
    const kind = kindOf((crawler as { tags?: readonly string[] }).tags ?? []);
    const { body, place } = splitAnchor(crawler.pattern);
    const spellings = expandPattern(body);
    for (const spelling of spellings ?? []) {
      bots.push({ literal: spelling.toLowerCase(), place, name: spelling.replace(/[/\s:;(]+$/, '').trim(), kind });
    }
  }
  return bots;
}

function splitAnchor(pattern: string): { body: string; place: KnownBot['place'] } {
  if (pattern.startsWith('(^| )')) return { body: pattern.slice(5), place: 'word' };
  if (pattern.startsWith('^')) return { body: pattern.slice(1), place: 'start' };
  if (pattern.endsWith('([^-]|$)')) return { body: pattern.slice(0, -8), place: 'anywhere' };
  if (pattern.endsWith('$')) return { body: pattern.slice(0, -1), place: 'end' };
  return { body: pattern, place: 'anywhere' };
}

/**
 * The literals a simple pattern stands for: escapes, `[aA]`, `(a|b)` and `a|b`; null when it uses anything else.
 * Letter case does not matter to who looks them up: of `[aA]` the capital is kept, for the name.
 */
export function expandPattern(pattern: string): string[] | null {
  const done: string[] = [];
  let open = [''];
  const append = (endings: readonly string[]): void => {
    open = open.flatMap((start) => endings.map((ending) => start + ending));
  };
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i);
    if (character === '\\') {
      const escaped = pattern.charAt(++i);
      if (/[a-z0-9]/i.test(escaped)) return null;
      append([escaped]);
    } else if (character === '[') {
      const end = pattern.indexOf(']', i);
      const letters = pattern.slice(i + 1, end);
      if (!/^[a-z]{2}$/i.test(letters) || letters.charAt(0).toLowerCase() !== letters.charAt(1).toLowerCase()) return null;
      append([letters.charAt(0).toUpperCase()]);
      i = end;
    } else if (character === '(') {
      const end = pattern.indexOf(')', i);
      const inner = expandPattern(pattern.slice(i + 1, end));
      if (inner === null) return null;
      append(inner);
      i = end;
    } else if (character === '|') {
      done.push(...open);
      open = [''];
    } else if (/[$()*+.?{}\]^]/.test(character)) {
      return null;
    } else {
      append([character]);
    }
  }
  return [...done, ...open];
}
