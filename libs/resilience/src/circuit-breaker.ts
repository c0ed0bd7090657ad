/**
 * Protects a dependency that fails: after some failures in a row nothing is sent to it for a while, then one call tries
 * whether it is back. Calls are not refused meanwhile, they wait: their batch stays where it is, and reading pauses.
 *
 *   closed --threshold failures in a row--> open --recovery time--> half open --one call succeeds--> closed
 *                                            ^----------------------- it fails ---'
 */
import { setTimeout as delay } from 'node:timers/promises';

export type CircuitState = 'closed' | 'open' | 'half_open';

export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  readonly failureThreshold: number;
  /** How long it stays open, ms. */
  readonly recoveryMs: number;
}

export interface CircuitBreaker {
  /**
   * Runs `call` as soon as the breaker lets it. A call that throws counts as a failure of the dependency.
   *
   * Errors: what `call` throws; the signal's reason when it aborts while waiting.
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
  readonly state: CircuitState;
}

/** Builds a closed breaker; `onChange` is called at each change of state. */
export function createCircuitBreaker(options: CircuitBreakerOptions, onChange: (state: CircuitState) => void): CircuitBreaker {
  let state: CircuitState = 'closed';
  let failures = 0;
  let openedAtMs = 0;
  /** Settles when the probe of the half-open state has ended; everybody else waits for it. */
  let probing: Promise<void> = Promise.resolve();

  function change(to: CircuitState): void {
    if (state === to) return;
    state = to;
    onChange(to);
  }

  function succeeded(): void {
    failures = 0;
    change('closed');
  }

  function failed(): void {
    failures += 1;
    if (state !== 'half_open' && failures < options.failureThreshold) return;
    openedAtMs = performance.now();
    change('open');
  }

  async function attempt<T>(call: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await call();
    } catch (error) {
      failed();
      throw error;
    }
    succeeded();
    return result;
  }

  /** Resolves once the breaker is closed, or half open for the caller alone: true in that case. */
  async function admitted(signal: AbortSignal): Promise<boolean> {
    while (state !== 'closed') {
      signal.throwIfAborted();
      if (state === 'half_open') {
        await unlessAborted(probing, signal);
        continue;
      }
      const waitMs = openedAtMs + options.recoveryMs - performance.now();
      if (waitMs > 0) {
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
        continue;
      }
      change('half_open');
      return true;
    }
    return false;
  }

  return {
    async run(call, signal) {
      if (!(await admitted(signal))) return attempt(call);
      const probe = Promise.withResolvers<undefined>();
      probing = probe.promise;
      try {
        return await attempt(call);
      } finally {
        probe.resolve(undefined);
      }
    },
    get state() {
      return state;
    },
  };
}

async function unlessAborted(waiting: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<undefined>();
  const stop = (): void => aborted.resolve(undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([waiting, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
