/**
 * Waits until a condition holds, for what can only be looked at, not listened to (a file, another process).
 *
 * Shape: resolves with the first value that is neither undefined, null nor false.
 * Errors: after `deadlineMs` (default 10,000) it rejects with `what` and the last error the condition threw.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  deadlineMs = 10_000,
  what = 'condition',
): Promise<Exclude<T, undefined | null | false>> {
  const endsAtMs = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) return value as Exclude<T, undefined | null | false>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > endsAtMs) throw new Error(`${what} did not come true within ${deadlineMs} ms`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
