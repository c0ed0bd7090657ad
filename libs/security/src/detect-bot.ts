/**
 * Bots by their user agent. A user agent is a claim anybody can make: whether a `Googlebot` is Google's needs its
 * address, so what is found here is `claimed` at most.
 *
 * Yes or no: `isbot` or a known name. Name and kind: the longest known name in it, else its own product token.
 */
import { isbot } from 'isbot';

import { createLiteralMatcher } from './aho-corasick.ts';
import { loadBotCatalog } from './bot-catalog.ts';
import { ownCopy } from './own-copy.ts';

import type { Bot, BotKind } from '@sluice/event';

/** Real user agents end long before; more is cut, so that the cost of one is bounded. */
const longestUserAgent = 1024;

export type DetectBot = (userAgent: string) => Bot | null;

/**
 * Builds the detector.
 *
 * Shape: user agent as logged -> the bot, or null for people's browsers and apps, and for an empty agent or `-`:
 * who says nothing is not known to be a bot.
 * Cost: 3 us for an ordinary user agent, 40-60 us for a hostile one; callers remember answers. 30 ms to build.
 */
export function createBotDetector(): DetectBot {
  const catalog = loadBotCatalog();
  const matcher = createLiteralMatcher(catalog.map((bot) => bot.literal));

  const findKnown = (userAgent: string): Bot | null => {
    let best = -1;
    let bestLength = 0;
    matcher.search(userAgent, (number, end) => {
      const known = catalog[number];
      if (known === undefined || known.literal.length <= bestLength) return;
      const start = end - known.literal.length;
      if (isWordCharacter(known.literal.charCodeAt(0)) && start > 0 && isWordCharacter(userAgent.charCodeAt(start - 1))) return;
      if (known.place === 'start' && start !== 0) return;
      if (known.place === 'word' && start !== 0 && userAgent.charAt(start - 1) !== ' ') return;
      if (known.place === 'end' && end !== userAgent.length) return;
      best = number;
      bestLength = known.literal.length;
    });
    const known = catalog[best];
    if (known === undefined) return null;
    // What some are known by is the address of their owner: then what they call themselves is the name.
    const name = address.test(known.name) ? (selfName(userAgent) ?? known.name) : known.name;
    return { name, kind: known.kind, claim: 'claimed' };
  };

  return (userAgent) => {
    const text = userAgent.length > longestUserAgent ? userAgent.slice(0, longestUserAgent) : userAgent;
    if (text === '' || text === '-') return null;
    const known = findKnown(text);
    if (looksLikeBot(text)) return known ?? describeUnlisted(text);
    // Names of bots are also names of phones and apps (Butterfly, Viber): beside a browser's they decide nothing.
    return browserLike.test(text) ? null : known;
  };
}

/** `yandex.com/bots`, `https://a.example`, `crawler@a.example`. */
const address = /@|:\/\/|\.[a-z]{2,6}\//i;

const browserLike = /^(?:Mozilla|Opera)\/\d/;

/** What makes `isbot` mistake people's phones and apps for bots; it is asked again without these words. */
const honestWords =
  /\bbada\/\d\.\d;|SAMSUNG-GT-[\w-]{1,40}\/\d\.\d;|chromeframe|AppleNews|Hybrid\(\)|GooglePlayStore|com\.google\.GooglePlus|baidu(?:boxapp|browser)\/\S{1,200}|java_runtime_version|JavaPlatform/gi;

function looksLikeBot(text: string): boolean {
  return isbot(text) && isbot(text.replace(honestWords, ''));
}

function isWordCharacter(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

let shared: DetectBot | undefined;

/** `createBotDetector` built once, at the first call. */
export const detectBot: DetectBot = (userAgent) => (shared ??= createBotDetector())(userAgent);

/** `(compatible; Name/1.0; ...)`, where bots that dress up as a browser say who they are. */
const compatibleName = /\bcompatible; ?([A-Za-z][\w .-]{1,60}?)(?=[/;,()]| v?\d|$)/;
/** The first product token. */
const leadingName = /^([A-Za-z][\w .-]{1,60}?)(?=[/;,()]| v?\d|$)/;
/** The end of a word that says bot, anywhere; its start is looked for backwards, which no regex does in linear time. */
const botWordEnd = /(?:bot|crawler|spider|scanner|monitor|fetcher)\b/i;

const kindWords: readonly (readonly [RegExp, BotKind])[] = [
  [/monitor|uptime|health|pingdom|check|status|kube-probe|prometheus/i, 'monitor'],
  [/feed|rss|podcast/i, 'feed'],
  [/scan|nikto|nmap|sqlmap|nuclei|probe|security|audit/i, 'scanner'],
  [/preview|unfurl|embed/i, 'preview'],
  [/archiv|wayback/i, 'archiver'],
  [/seo|backlink|rank/i, 'seo'],
  [/python|curl|wget|java|perl|ruby|php|node|axios|okhttp|http-?client|libwww|go-http|urllib|fetch/i, 'library'],
  [/search/i, 'search'],
];

/** A bot that is in no list: named by what it calls itself, or `unknown` when its shape alone gives it away. */
function describeUnlisted(text: string): Bot {
  const name = selfName(text);
  const kind = kindWords.find(([word]) => word.test(name ?? text))?.[1] ?? 'other';
  return name === undefined ? { name: 'unknown', kind, claim: 'unknown' } : { name, kind, claim: 'claimed' };
}

function selfName(text: string): string | undefined {
  const match = compatibleName.exec(text) ?? (browserLike.test(text) ? null : leadingName.exec(text));
  const name = match?.[1] ?? botWordOf(text);
  return name === undefined ? undefined : ownCopy(name.trim());
}

function botWordOf(text: string): string | undefined {
  const match = botWordEnd.exec(text);
  if (match === null) return undefined;
  let start = match.index;
  while (start > 0 && match.index - start < 40 && isWordCharacter(text.charCodeAt(start - 1))) start--;
  return text.slice(start, match.index + match[0].length);
}
