/**
 * Protects a dependency that fails: after some failures in a row nothing is sent to it for a while, then one call tries
 * whether it is back. Calls are not refused meanwhile, they wait: their batch stays where it is, and reading pauses.
 *
 *   closed --threshold failures in a row--> open --recovery time--> half open --one call succeeds--> closed
 *                                            ^----------------------- it fails ---'
 */
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

/**
 * Builds a closed breaker; `onChange` is called at each change of state, and must not throw.
 *
 * Invariant: it turns half open by time alone, whether or not anybody waits: a consumer that was paused when it opened
 * and has nothing in work any more is told to go on.
 */
export function createCircuitBreaker(options: CircuitBreakerOptions, onChange: (state: CircuitState) => void): CircuitBreaker {
  let state: CircuitState = 'closed';
  let failures = 0;
  let isProbing = false;
  let recovery: NodeJS.Timeout | undefined;
  let waiting = 0;
  /** Settles at the next change of state, and when the probe has ended. */
  let turn = Promise.withResolvers<undefined>();

  function wake(): void {
    turn.resolve(undefined);
    turn = Promise.withResolvers<undefined>();
  }

  function change(to: CircuitState): void {
    clearTimeout(recovery);
    if (to === 'open') {
      recovery = setTimeout(() => change('half_open'), options.recoveryMs);
      // Nobody who waits: no reason to keep the process.
      if (waiting === 0) recovery.unref();
    }
    const isNew = state !== to;
    state = to;
    if (isNew) onChange(to);
    wake();
  }

  function succeeded(): void {
    failures = 0;
    if (state !== 'closed') change('closed');
  }

  function failed(): void {
    failures += 1;
    if (state === 'half_open' || failures >= options.failureThreshold) change('open');
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

  async function waitForTurn(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<undefined>();
    const stop = (): void => aborted.resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    waiting += 1;
    recovery?.ref();
    try {
      await Promise.race([turn.promise, aborted.promise]);
    } finally {
      waiting -= 1;
      if (waiting === 0) recovery?.unref();
      signal.removeEventListener('abort', stop);
    }
  }

  return {
    async run(call, signal) {
      while (state === 'open' || (state === 'half_open' && isProbing)) {
        signal.throwIfAborted();
        await waitForTurn(signal);
      }
      signal.throwIfAborted();
      if (state === 'closed') return attempt(call);
      isProbing = true;
      try {
        return await attempt(call);
      } finally {
        isProbing = false;
        wake();
      }
    },
    get state() {
      return state;
    },
  };
}
