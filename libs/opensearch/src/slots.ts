/**
 * At most so many things at once; the others wait in their order.
 */

/** Resolves when there is room, with what gives it back; call that once. */
export type AcquireSlot = () => Promise<() => void>;

export function createSlots(count: number): AcquireSlot {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    return release;
  };
}
