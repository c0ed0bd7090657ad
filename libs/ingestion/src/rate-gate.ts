/**
 * Holds lines to `performance.rate_limit`: in small steps, so that a low limit does not turn into long silences and
 * bursts, and so that a stop never waits long.
 */
import { createRateLimiter } from '@sluice/security';
import { setTimeout as wait } from 'node:timers/promises';

import { createSharedRateGate } from './shared-rate-gate.ts';

import type { PerformanceConfig } from '@sluice/config';
import type { Clock, IngestionTelemetry, SharedState } from '@sluice/ports';

export type RateGateConfig = Pick<PerformanceConfig, 'rate_limit' | 'rate_limit_action' | 'rate_limit_scope'>;

export interface RateGateDeps {
  readonly telemetry: Pick<IngestionTelemetry, 'rateLimitHits'>;
  readonly clock: Clock;
  /** What `rate_limit_scope: shared` counts by; without it the limit is that of the process. */
  readonly state?: Pick<SharedState, 'increment'> | undefined;
}

export interface RateGate {
  /** How many lines may be read before `pause` is to be awaited. */
  readonly stepLines: number;
  /** False: drop this line. Always true unless the action is `drop`. */
  admit(): boolean;
  /** Waits as long as the lines just read ask for; at once when `signal` aborts. */
  pause(lines: number, signal: AbortSignal | undefined): Promise<void>;
}

const creditLines = 64;
const stepsPerSecond = 20;

/** Builds the gate; with `rate_limit: 0` it lets everything pass and costs nothing. */
export function createRateGate(config: RateGateConfig, deps: RateGateDeps): RateGate {
  if (config.rate_limit === 0) return { stepLines: Number.MAX_SAFE_INTEGER, admit: () => true, pause: () => Promise.resolve() };
  const { state } = deps;
  if (config.rate_limit_scope === 'shared' && state !== undefined) return createSharedRateGate(config, { ...deps, state });
  const limiter = createRateLimiter({ linesPerSecond: config.rate_limit }, deps.clock);
  if (config.rate_limit_action === 'delay') {
    return {
      stepLines: Math.max(1, Math.floor(config.rate_limit / stepsPerSecond)),
      admit: () => true,
      pause: async (lines, signal) => {
        const delayMs = limiter.delay(lines);
        if (delayMs === 0) return;
        deps.telemetry.rateLimitHits(1);
        await wait(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      },
    };
  }
  let credit = 0;
  return {
    stepLines: Number.MAX_SAFE_INTEGER,
    admit: () => {
      if (credit === 0) credit = limiter.take(creditLines);
      if (credit === 0) return false;
      credit -= 1;
      return true;
    },
    pause: () => Promise.resolve(),
  };
}
