/**
 * What is shown in place of a secret.
 */
export const mask = '********';

/** Hides `user:password@` in addresses, with and without `http://` before it, whichever field they are in. */
export function withoutPassword(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPassword);
  if (typeof value !== 'string') return value;
  const start = value.indexOf('://');
  if (start < 0) return withoutBarePassword(value);
  const slash = value.slice(start + 3).search(/[/?#]/);
  const end = slash < 0 ? value.length : start + 3 + slash;
  const at = value.lastIndexOf('@', end - 1);
  return at < start + 3 ? value : `${value.slice(0, start + 3)}${mask}${value.slice(at)}`;
}

/** `user:password@host:9200`, as people write it who forget the scheme; a path or a LogFormat is no such text. */
function withoutBarePassword(text: string): string {
  const at = text.lastIndexOf('@');
  const colon = text.indexOf(':');
  const isAddress = colon > 0 && colon < at && !/[\s/%"'{}]/.test(text.slice(0, colon)) && !/\s/.test(text);
  return isAddress ? `${mask}${text.slice(at)}` : text;
}
