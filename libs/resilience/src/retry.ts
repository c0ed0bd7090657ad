/**
 * Retries of a dependency that fails for a while: exponential backoff with jitter, for as long as it takes by default.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { isSluiceError } from '@sluice/errors';

import type { SluiceError } from '@sluice/errors';

export interface RetryOptions {
  /** Retries after the first attempt; 0 retries for ever. */
  attempts: number;
  /** Upper bound of the first delay, doubled for each further one. Milliseconds. */
  firstDelayMs: number;
  maxDelayMs: number;
}

export interface RetryDeps {
  /** Called before each delay. */
  onRetry: (error: SluiceError, attempt: number, delayMs: number) => void;
}

/** Runs `call` until it succeeds; `signal` ends the waiting. */
export type Retry = <T>(call: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Builds a retry that repeats a call while it throws a retryable SluiceError.
 *
 * Errors: rethrows what is not retryable at once, the last error when the attempts are used up or the signal aborts.
 */
export function createRetry(options: RetryOptions, deps: RetryDeps): Retry {
  const lastAttempt = options.attempts === 0 ? Infinity : options.attempts;
  return async (call, signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (!isSluiceError(error) || !error.retryable || attempt > lastAttempt || signal.aborted) throw error;
        const delayMs = backoffMs(attempt, options);
        deps.onRetry(error, attempt, delayMs);
        // The signal must cut the delay short: a shutdown does not wait for a backoff of seconds.
        await delay(delayMs, undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  };
}

/** Half fixed, half random, so that replicas that failed together do not come back together. */
function backoffMs(attempt: number, options: RetryOptions): number {
  const ceilingMs = Math.min(options.maxDelayMs, options.firstDelayMs * 2 ** Math.min(attempt - 1, 30));
  return (ceilingMs * (1 + Math.random())) / 2;
}
