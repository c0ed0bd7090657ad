/**
 * Delays between attempts: doubled each time, up to a longest.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface BackoffOptions {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** The delay before a retry (1 is the first). Half fixed, half random, so that processes that failed together do not come back together. */
export function backoffMs(attempt: number, options: BackoffOptions, random: () => number = Math.random): number {
  const ceilingMs = Math.min(options.maxDelayMs, options.firstDelayMs * 2 ** Math.min(attempt - 1, 30));
  return (ceilingMs * (1 + random())) / 2;
}

/** Waits; an aborted signal ends the wait at once, without an error. */
export async function pauseFor(delayMs: number, signal: AbortSignal): Promise<void> {
  await delay(delayMs, undefined, { signal }).catch(() => undefined);
}
