/**
 * Keeps overlapping calls apart that write the same ids: the later one waits for the earlier, so that its answer is that
 * of a store which does one thing after the other. Calls without a common id, that is nearly all, go side by side.
 */
export interface CallOrder {
  /**
   * Runs `work` once every earlier call that has one of these ids has ended, however it ended.
   * Invariant: never waits for a later call, so calls cannot wait for each other in a circle.
   * Cost: one map entry per id while the call lasts.
   */
  run<T>(ids: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createCallOrder(): CallOrder {
  const callOfId = new Map<string, Promise<void>>();
  return {
    run: async (ids, work) => {
      const { promise: ended, resolve } = Promise.withResolvers<undefined>();
      const earlier = new Set<Promise<void>>();
      for (const id of ids) {
        const other = callOfId.get(id);
        if (other !== undefined && other !== ended) earlier.add(other);
        callOfId.set(id, ended);
      }
      try {
        await Promise.all(earlier);
        return await work();
      } finally {
        for (const id of ids) if (callOfId.get(id) === ended) callOfId.delete(id);
        resolve(undefined);
      }
    },
  };
}
