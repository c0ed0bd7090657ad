/**
 * Rules between two numbers. Kept as data, because zod leaves a rule over an object out as soon as any of its fields
 * is wrong, and an operator wants all errors at once: `check-values.ts` runs them again over the fields that are right.
 */
interface CrossFieldRule {
  /** The key that is reported. */
  readonly path: string;
  readonly other: string;
  readonly holds: (value: number, other: number) => boolean;
  readonly message: string;
}

const crossFieldRules: readonly CrossFieldRule[] = [
  {
    path: 'performance.batch_bytes',
    other: 'source.max_line_bytes',
    holds: (batchBytes, lineBytes) => batchBytes >= lineBytes,
    message: 'must be at least source.max_line_bytes, or the longest line fits no batch',
  },
  ...['retry.', 'kafka.retry_', 'redis.retry_'].map((prefix) => ({
    path: `${prefix}first_delay_ms`,
    other: `${prefix}max_delay_ms`,
    holds: (first: number, longest: number) => first <= longest,
    message: `must not be more than ${prefix}max_delay_ms`,
  })),
];

/** The rules that do not hold; a rule says nothing when `valueAt` has no number for one of its keys. */
export function brokenRules(valueAt: (path: string) => unknown): { path: string; message: string }[] {
  return crossFieldRules.filter(({ path, other, holds }) => {
    const [value, limit] = [valueAt(path), valueAt(other)];
    return typeof value === 'number' && typeof limit === 'number' && !holds(value, limit);
  });
}
