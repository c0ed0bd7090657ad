/**
 * At the start: waits for what the process depends on, says what is missing, and gives up after a time, so that a wrong
 * address or password does not look like a process that runs. Once everything was there, outages are waited for without end.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { isSluiceError, messageOf, SluiceError } from '@sluice/errors';

import type { Logger } from '@sluice/ports';

/** Resolves when the dependency answers; rejects with a SluiceError that says what is wrong. */
export type DependencyCheck = () => Promise<void>;

export interface AwaitDependenciesOptions {
  /** 0 waits without end. */
  readonly deadlineSeconds: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

const intervalMs = 500;

/**
 * Resolves when every check has passed once, or when the signal aborts.
 *
 * Errors: rejects with the error of the dependency that is still missing when the time is over; at once for one that no
 * waiting can heal.
 */
export async function awaitDependencies(
  checks: Readonly<Record<string, DependencyCheck>>,
  options: AwaitDependenciesOptions,
  logger: Logger,
): Promise<void> {
  // The first that is given up ends the asking for the others.
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const deadlineAtMs = options.deadlineSeconds === 0 ? Infinity : performance.now() + options.deadlineSeconds * 1000;
  try {
    await Promise.all(Object.entries(checks).map(([name, check]) => awaitOne(name, check)));
  } finally {
    over.abort();
  }

  async function awaitOne(name: string, check: DependencyCheck): Promise<void> {
    let said = '';
    while (!signal.aborted) {
      try {
        if (!(await passes(check(), signal))) return;
        if (said !== '') logger.info(`${name} is there.`);
        return;
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        if (!error.retryable) throw error;
        if (performance.now() >= deadlineAtMs) throw gaveUp(name, error, options.deadlineSeconds);
        if (said !== error.code) logger.warn(`Waiting for ${name}: ${error.message}`, { code: error.code, hint: error.hint });
        said = error.code;
      }
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function gaveUp(name: string, error: SluiceError, seconds: number): SluiceError {
  return new SluiceError(error.code, `${name} was not there within ${seconds} s: ${messageOf(error)}`, { hint: error.hint, cause: error });
}

/** False when the signal aborts first: a check may take seconds to say that nobody answers, and a stop does not wait for it. */
async function passes(checking: Promise<void>, signal: AbortSignal): Promise<boolean> {
  const aborted = Promise.withResolvers<boolean>();
  const stop = (): void => aborted.resolve(false);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([checking.then(() => true), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    checking.catch(() => undefined);
  }
}
