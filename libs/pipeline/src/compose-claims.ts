/**
 * The checks of what bots claim to be, from a configuration.
 */
import { Resolver } from 'node:dns/promises';

import { createNameVerifier, nameVerifierDefaults } from '@sluice/security';
import { systemClock } from '@sluice/ports';

import { openBotVerification } from './bot-verification.ts';

import type { SecurityConfig } from '@sluice/config';
import type { Logger, SharedState } from '@sluice/ports';
import type { VerifyClaim } from '@sluice/security';

type ClaimsConfig = Pick<SecurityConfig, 'bot_ranges' | 'verify_bots_by_dns' | 'enable_bot_detection'>;

export interface Claims {
  readonly verify: VerifyClaim;
  close(): void;
}

/** Builds them; null when claims stay claims. A list decides where it can, DNS elsewhere; what DNS said is shared through `state`. */
export async function composeClaims(config: ClaimsConfig, deps: { logger: Logger; state?: SharedState | undefined }): Promise<Claims | null> {
  const { bot_ranges: configured, verify_bots_by_dns: asksDns, enable_bot_detection: isOn } = config;
  if (!isOn || (configured === undefined && !asksDns)) return null;
  const paths = configured === undefined ? [] : typeof configured === 'string' ? [configured] : configured;
  const lists = await openBotVerification(paths, deps);
  if (!asksDns) return { verify: lists.verify, close: () => lists.close() };
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  const names = createNameVerifier(nameVerifierDefaults, {
    resolver: {
      resolvePtr: (name) => resolver.resolvePtr(name),
      resolve4: (name) => resolver.resolve4(name),
      resolve6: (name) => resolver.resolve6(name),
    },
    now: () => systemClock.now(),
    shared: deps.state,
  });
  return {
    verify: (bot, address) => {
      const claim = lists.verify(bot, address);
      return claim === 'unknown' ? names.claim(bot, address) : claim;
    },
    close: () => {
      lists.close();
      resolver.cancel();
    },
  };
}
