/**
 * Forward-confirmed reverse DNS: the name of an address has to end as the operator says, and to resolve back to the address. Off the
 * hot path: answers are remembered, look-ups are few at a time and limited per minute, and where there is none the claim is unknown.
 */
import { addressNumber } from './address-ranges.ts';
import { createBoundedCache } from '../bounded-cache.ts';

import type { Bot, BotClaim } from '@sluice/event';
import type { SharedState } from '@sluice/ports';

/** What a resolver has to do; `node:dns/promises` fits. */
export interface NameResolver {
  resolvePtr(name: string): Promise<string[]>;
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
}

/** What replicas tell each other. */
export type SharedAnswers = Pick<SharedState, 'remember' | 'recall'>;

export interface NameVerifierConfig {
  /** Answers remembered. */
  readonly cacheEntries: number;
  /** How long an answer counts, and one that failed. */
  readonly rememberMs: number;
  readonly rememberFailureMs: number;
  /** Look-ups at the same time, and per minute; more wait for nobody and are unknown. */
  readonly concurrent: number;
  readonly perMinute: number;
}

export const nameVerifierDefaults: NameVerifierConfig = {
  cacheEntries: 10_000,
  rememberMs: 24 * 3_600_000,
  rememberFailureMs: 600_000,
  concurrent: 4,
  perMinute: 120,
};

/** Ends of the names that operators publish for their bots, by what the bot's name contains. */
export const botNameEnds: readonly { readonly name: string; readonly ends: readonly string[] }[] = [
  { name: 'google', ends: ['.googlebot.com', '.google.com', '.googleusercontent.com'] },
  { name: 'bingbot', ends: ['.search.msn.com'] },
  { name: 'applebot', ends: ['.applebot.apple.com'] },
  { name: 'yandex', ends: ['.yandex.ru', '.yandex.net', '.yandex.com'] },
  { name: 'baiduspider', ends: ['.crawl.baidu.com', '.crawl.baidu.jp'] },
  { name: 'amazonbot', ends: ['.crawl.amazonbot.amazon'] },
  { name: 'slurp', ends: ['.crawl.yahoo.net'] },
  { name: 'sogou', ends: ['.sogou.com'] },
  { name: 'qwant', ends: ['.qwant.com'] },
];

export interface NameVerifier {
  /** The remembered answer, or `unknown` while it is asked for. Never waits. */
  claim(bot: Bot, address: string | null): BotClaim;
  /** Resolves once nothing is being asked for; for tests and for stopping. */
  idle(): Promise<void>;
}

interface Answer {
  readonly claim: BotClaim;
  readonly untilMs: number;
}

export interface NameVerifierDeps {
  readonly resolver: NameResolver;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Asked before DNS, and told what DNS said. */
  readonly shared?: SharedAnswers | undefined;
}

/** Creates a verifier. Errors of the resolver end as `unknown`. */
export function createNameVerifier(config: NameVerifierConfig, deps: NameVerifierDeps): NameVerifier {
  const answers = createBoundedCache<string, Answer>(config.cacheEntries);
  const asking = new Map<string, Promise<void>>();
  let minuteStartedAtMs = -Infinity;
  let askedInMinute = 0;

  const mayAsk = (nowMs: number): boolean => {
    if (nowMs - minuteStartedAtMs >= 60_000) {
      minuteStartedAtMs = nowMs;
      askedInMinute = 0;
    }
    return asking.size < config.concurrent && askedInMinute++ < config.perMinute;
  };

  const ask = async (key: string, address: string, ends: readonly string[]): Promise<void> => {
    const told = parseAnswer((await deps.shared?.recall(sharedKey(key))) ?? null, deps.now(), config.rememberMs);
    answers.set(key, told ?? (await askDns(key, address, ends)));
    asking.delete(key);
  };

  const askDns = async (key: string, address: string, ends: readonly string[]): Promise<Answer> => {
    const claim = await confirm(deps.resolver, address, ends).catch((): BotClaim => 'unknown');
    const lastsMs = claim === 'unknown' ? config.rememberFailureMs : config.rememberMs;
    const untilMs = deps.now() + lastsMs;
    // That DNS did not answer here says nothing to others.
    if (claim !== 'unknown') await deps.shared?.remember(sharedKey(key), `${claim} ${untilMs}`, lastsMs / 1000);
    return { claim, untilMs };
  };

  return {
    claim: (bot, address) => {
      if (bot.claim !== 'claimed') return bot.claim;
      const name = bot.name.toLowerCase();
      const known = botNameEnds.find((entry) => name.includes(entry.name));
      if (known === undefined || address === null || addressNumber(address) === null) return 'unknown';
      const key = `${known.name} ${address}`;
      const nowMs = deps.now();
      const remembered = answers.get(key);
      if (remembered !== undefined && remembered.untilMs > nowMs) return remembered.claim;
      if (!asking.has(key) && mayAsk(nowMs)) asking.set(key, ask(key, address, known.ends));
      return 'unknown';
    },
    idle: async () => {
      while (asking.size > 0) await Promise.all(asking.values());
    },
  };
}

const sharedKey = (key: string): string => `bot ${key}`;

/** What another replica found out; null unless it is an answer that still counts. */
function parseAnswer(text: string | null, nowMs: number, longestMs: number): Answer | null {
  const [, claim, until] = /^(verified|spoofed) (\d{1,15})$/.exec(text ?? '') ?? [];
  if ((claim !== 'verified' && claim !== 'spoofed') || Number(until) <= nowMs) return null;
  return { claim, untilMs: Math.min(Number(until), nowMs + longestMs) };
}

/** `verified` both ways, `spoofed` when the address has another name or none of its names leads back. */
async function confirm(resolver: NameResolver, address: string, ends: readonly string[]): Promise<BotClaim> {
  const names = await resolver.resolvePtr(reverseName(address)).catch(noSuchName);
  const own = names.map((name) => name.toLowerCase().replace(/\.$/, '')).filter((name) => ends.some((end) => name.endsWith(end)));
  const wanted = addressNumber(address);
  for (const name of own.slice(0, 4)) {
    const back = await (address.includes(':') ? resolver.resolve6(name) : resolver.resolve4(name)).catch(noSuchName);
    if (back.some((one) => addressNumber(one) === wanted)) return 'verified';
  }
  return 'spoofed';
}

/** `9.113.0.203.in-addr.arpa`; `reverse` of Node.js cannot tell a silent server from a name that is not there. */
function reverseName(address: string): string {
  if (!address.includes(':')) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const digits = (addressNumber(address) ?? 0n).toString(16).padStart(32, '0');
  return `${Array.from(digits).toReversed().join('.')}.ip6.arpa`;
}

/** No such name is an answer; a server that does not answer is none. */
function noSuchName(error: unknown): string[] {
  const { code } = error as { code?: unknown };
  if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
  throw error;
}
