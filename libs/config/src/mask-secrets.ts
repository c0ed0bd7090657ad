/**
 * What is shown in place of a secret.
 */
export const mask = '********';

/** Hides `user:password@` in addresses, whichever field they are in. */
export function withoutPassword(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPassword);
  if (typeof value !== 'string') return value;
  const start = value.indexOf('://');
  if (start < 0) return value;
  const slash = value.slice(start + 3).search(/[/?#]/);
  const end = slash < 0 ? value.length : start + 3 + slash;
  const at = value.lastIndexOf('@', end - 1);
  return at < start + 3 ? value : `${value.slice(0, start + 3)}${mask}${value.slice(at)}`;
}
