/**
 * One deadline for everything that ends: it begins when it is first asked, and whoever comes later has what is left.
 */
const leastMs = 1000;

/** Builds a deadline of so many seconds; each call gives the ms that are left, a second at least. */
export function createDeadline(seconds: number): () => number {
  let endsAtMs: number | null = null;
  return () => {
    endsAtMs ??= performance.now() + seconds * 1000;
    return Math.max(leastMs, endsAtMs - performance.now());
  };
}
