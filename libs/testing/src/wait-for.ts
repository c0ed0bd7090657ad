/**
 * Waits until a condition holds, for what can only be looked at, not listened to (a file, another process).
 *
 * Shape: resolves with the first value that is neither undefined, null nor false.
 * Errors: after `deadlineMs` (default 30,000) it rejects with `what` and the last error the condition threw.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  deadlineMs = 30_000,
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

/**
 * Waits until a count has grown to `wanted`. How long that takes is the machine's affair: it gives up when the count has not grown
 * for `stalledMs` (default 60,000), not after a time in all.
 *
 * Errors: rejects with what was wanted, what is there, and the last error that `count` threw.
 */
export async function waitForCount(wanted: number, count: () => number | Promise<number>, what: string, stalledMs = 60_000): Promise<void> {
  let last = -1;
  while (last < wanted) {
    const before = last;
    try {
      await waitFor(async () => (last = await count()) > before, stalledMs, 'growth');
    } catch (error) {
      throw new Error(`${wanted} ${what} were expected, ${Math.max(0, last)} are there, and none came for ${stalledMs} ms`, { cause: error });
    }
  }
}
