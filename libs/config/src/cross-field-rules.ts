/**
 * Rules between two fields. Kept as data, because zod leaves a rule over an object out as soon as any of its fields
 * is wrong, and an operator wants all errors at once: `check-values.ts` runs them again over the fields that are right.
 */
type ValueAt = (path: string) => unknown;

interface CrossFieldRule {
  /** The key that is reported. */
  readonly path: string;
  readonly holds: (valueAt: ValueAt) => boolean;
  readonly message: string;
}

/** Says nothing when one of both is no number: that is reported already. */
function numbers(path: string, other: string, holds: (value: number, limit: number) => boolean, message: string): CrossFieldRule {
  return {
    path,
    holds: (valueAt) => {
      const [value, limit] = [valueAt(path), valueAt(other)];
      return typeof value !== 'number' || typeof limit !== 'number' || holds(value, limit);
    },
    message,
  };
}

/** A key that does nothing without another is a mistake, and with passwords or certificates a dangerous one. */
function needs(path: string, other: string, isThere: (value: unknown) => boolean, message: string): CrossFieldRule {
  return { path, holds: (valueAt) => valueAt(path) === undefined || isThere(valueAt(other)), message };
}

const isSet = (value: unknown): boolean => value !== undefined;
const isTrue = (value: unknown): boolean => value === true;
const usesSasl = (value: unknown): boolean => value !== 'none';

const crossFieldRules: readonly CrossFieldRule[] = [
  numbers(
    'performance.batch_bytes',
    'source.max_line_bytes',
    (batchBytes, lineBytes) => batchBytes >= lineBytes,
    'must be at least source.max_line_bytes, or the longest line fits no batch',
  ),
  ...['retry.', 'kafka.retry_', 'redis.retry_'].map((prefix) =>
    numbers(`${prefix}first_delay_ms`, `${prefix}max_delay_ms`, (first, longest) => first <= longest, `must not be more than ${prefix}max_delay_ms`),
  ),
  ...['kafka.tls_ca', 'kafka.tls_cert', 'kafka.tls_key'].map((path) =>
    needs(path, 'kafka.tls', isTrue, 'must go with kafka.tls: true, or the connection is not encrypted'),
  ),
  needs('kafka.tls_cert', 'kafka.tls_key', isSet, 'must go with kafka.tls_key'),
  needs('kafka.tls_key', 'kafka.tls_cert', isSet, 'must go with kafka.tls_cert'),
  ...['kafka.sasl_username', 'kafka.sasl_password'].map((path) => needs(path, 'kafka.sasl_mechanism', usesSasl, 'must go with kafka.sasl_mechanism')),
  ...['kafka.sasl_username', 'kafka.sasl_password'].map((other): CrossFieldRule => ({
    path: 'kafka.sasl_mechanism',
    holds: (valueAt) => !usesSasl(valueAt('kafka.sasl_mechanism') ?? 'none') || isSet(valueAt(other)),
    message: `must go with ${other}`,
  })),
  needs('elasticsearch.username', 'elasticsearch.password', isSet, 'must go with elasticsearch.password'),
  needs('elasticsearch.password', 'elasticsearch.username', isSet, 'must go with elasticsearch.username'),
  needs('security.anonymize_key', 'security.anonymize_addresses', (value) => value === 'hash', 'must go with security.anonymize_addresses: hash'),
  {
    path: 'security.anonymize_addresses',
    holds: (valueAt) => valueAt('security.anonymize_addresses') !== 'hash' || isSet(valueAt('security.anonymize_key')),
    message: 'must go with security.anonymize_key',
  },
  needs('redis.tls_ca', 'redis.tls', isTrue, 'must go with redis.tls: true, or the connection is not encrypted'),
  {
    path: 'performance.rate_limit_scope',
    holds: (valueAt) => valueAt('performance.rate_limit_scope') !== 'shared' || isSet(valueAt('redis.host')),
    message: 'must go with a redis section, which is what processes share',
  },
];

/** The rules that do not hold, by what `valueAt` gives for keys: a value that is right, a default, or undefined. */
export function brokenRules(valueAt: ValueAt): { path: string; message: string }[] {
  return crossFieldRules.filter(({ holds }) => !holds(valueAt));
}
