/**
 * Whether a bot comes from where its operator says its bots come from: by the address ranges that operators publish, as files that
 * the user fetches and may replace. Without a file nothing is known, and nobody is called false.
 */
import { createAddressRanges, parseRange } from './address-ranges.ts';

import type { Bot, BotClaim } from '@sluice/event';
import type { AddressRanges } from './address-ranges.ts';

export interface BotRanges {
  /** Lower-case text that a bot's name contains: `googlebot`. */
  readonly name: string;
  readonly ranges: AddressRanges;
  /** When the operator made the list, as the file says; null when it does not. */
  readonly createdAt: string | null;
  /** True where the operator says that all its addresses are listed: only then an address outside makes a claim false. */
  readonly isComplete: boolean;
}

export type ParsedRanges = { readonly ranges: AddressRanges; readonly createdAt: string | null } | { readonly error: string };

/**
 * Reads a published list: JSON with `prefixes` of `ipv4Prefix` and `ipv6Prefix` (Google, Bing, OpenAI, Perplexity), or a text with one
 * range or address a line (`#` starts a comment).
 * Errors: an outcome, never thrown; one bad range makes the whole list bad, as half a list would call true bots false.
 */
export function parseBotRanges(text: string): ParsedRanges {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{'))
    return toRanges(
      trimmed.split('\n').map((line) => (line.split('#')[0] ?? '').trim()),
      null,
    );
  let json: unknown;
  try {
    json = JSON.parse(trimmed);
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'no JSON' };
  }
  const { prefixes, creationTime } = json as { prefixes?: unknown; creationTime?: unknown };
  if (!Array.isArray(prefixes)) return { error: 'no list of `prefixes`' };
  const texts = prefixes.map((entry) => {
    const { ipv4Prefix, ipv6Prefix } = (entry ?? {}) as { ipv4Prefix?: unknown; ipv6Prefix?: unknown };
    return typeof ipv4Prefix === 'string' ? ipv4Prefix : typeof ipv6Prefix === 'string' ? ipv6Prefix : '?';
  });
  return toRanges(texts, typeof creationTime === 'string' ? creationTime : null);
}

function toRanges(texts: readonly string[], createdAt: string | null): ParsedRanges {
  const named = texts.filter((text) => text !== '');
  const parsed = named.map(parseRange);
  const bad = parsed.indexOf(null);
  if (bad >= 0) return { error: `no address range: ${(named[bad] ?? '').slice(0, 60)}` };
  if (named.length === 0) return { error: 'no address range in it' };
  return { ranges: createAddressRanges(parsed.filter((range) => range !== null)), createdAt };
}

export type VerifyClaim = (bot: Bot, address: string | null) => BotClaim;

/**
 * Builds the check.
 * Shape: bot and client address -> `verified` in a range of a list for its name, `spoofed` outside a complete one, `unknown` where no list,
 * no complete list or no address says anything; a bot that claims nothing stays as it is.
 */
export function createClaimVerifier(lists: readonly BotRanges[]): VerifyClaim {
  return (bot, address) => {
    if (bot.claim !== 'claimed') return bot.claim;
    const name = bot.name.toLowerCase();
    const own = lists.filter((list) => name.includes(list.name));
    if (own.length === 0 || address === null) return 'unknown';
    if (own.some((list) => list.ranges.has(address))) return 'verified';
    return own.every((list) => list.isComplete) ? 'spoofed' : 'unknown';
  };
}
