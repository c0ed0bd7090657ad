/**
 * Holds the lines of all processes that share a state to one `performance.rate_limit`, by a counter for each second.
 *
 * Lines are taken from the second's counter in steps of a twentieth of the limit, so that a busy process asks about twenty
 * times a second and an idle one not at all. A process may be one step ahead of what it was given.
 *
 * Invariant: in each second of the clock all processes together pass at most `rate_limit` lines and one step for each process, so
 * over any t seconds, which may begin and end within one, at most `rate_limit * (t + 2)` and a step for each; where their clocks
 * differ by d seconds, `rate_limit * (t + 2 + d)`. While the state is per process, so is the limit.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { RateGate, RateGateConfig, RateGateDeps } from './rate-gate.ts';
import type { SharedState } from '@sluice/ports';

const stepsPerSecond = 20;
/** The counter of a second outlives it by more than clocks differ. */
const keptSeconds = 60;

export type SharedRateGateDeps = RateGateDeps & {
  readonly state: Pick<SharedState, 'increment'>;
  /** How to wait; by timer when left out. */
  readonly wait?: (delayMs: number, signal: AbortSignal | undefined) => Promise<unknown>;
};

/** Builds the gate of one process, for a limit above 0. */
export function createSharedRateGate(config: RateGateConfig, deps: SharedRateGateDeps): RateGate {
  const { clock, telemetry, wait = waitByTimer } = deps;
  const stepLines = Math.max(1, Math.floor(config.rate_limit / stepsPerSecond));
  /** Lines that may pass; below 0 those that passed and have yet to be taken from a counter. */
  let credit = 0;
  /** The second whose counter has nothing left. */
  let spentSecond = -1;

  const currentSecond = (): number => Math.floor(clock.now() / 1000);

  /** Takes up to this many lines from the counter of the current second. */
  async function take(lines: number): Promise<void> {
    const second = currentSecond();
    const total = await deps.state.increment(`rate:lines:${second}`, lines, keptSeconds);
    const over = Math.min(lines, Math.max(0, total - config.rate_limit));
    if (over > 0) spentSecond = second;
    credit += lines - over;
  }

  if (config.rate_limit_action === 'delay') {
    return {
      stepLines,
      admit: () => true,
      pause: async (lines, signal) => {
        credit -= lines;
        let hasWaited = false;
        while (credit < 0 && signal?.aborted !== true) {
          if (currentSecond() !== spentSecond) await take(Math.max(stepLines, -credit));
          if (credit >= 0) return;
          if (!hasWaited) telemetry.rateLimitHits(1);
          hasWaited = true;
          await wait(1000 - (clock.now() % 1000), signal);
        }
      },
    };
  }
  return {
    stepLines,
    admit: () => {
      // Below 0 down to one step: ahead of the counter, where this second may still have some.
      if (credit <= 0 && (credit <= -stepLines || currentSecond() === spentSecond)) return false;
      credit -= 1;
      return true;
    },
    pause: async () => {
      if (credit <= 0 && currentSecond() !== spentSecond) await take(stepLines - credit);
    },
  };
}

function waitByTimer(delayMs: number, signal: AbortSignal | undefined): Promise<unknown> {
  return sleep(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
