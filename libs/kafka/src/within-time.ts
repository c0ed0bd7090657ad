/**
 * Bounds on waiting for what has no bound of its own.
 */

/**
 * Resolves as the work does, or after the time: with nothing, or rejecting with what `late` makes.
 * The work itself goes on; a later rejection of it is nobody's.
 */
export async function withinTime<T>(work: Promise<T>, timeMs: number, late?: () => Error): Promise<T | undefined> {
  const { promise: timeout, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    if (late === undefined) resolve(undefined);
    else reject(late());
  }, timeMs);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles as the work does, or rejects with the signal's reason as soon as it aborts. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  work.catch(() => undefined);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
