/** Names of parameters whose values are nobody's business. `*` stands for any characters. */
export const secretParameters: readonly string[] = [
  'password',
  'passwd',
  'pwd',
  'pass',
  'passphrase',
  'user_pass',
  'new_password',
  'old_password',
  '*password*',
  'token',
  '*_token',
  '*-token',
  'access_token',
  'id_token',
  'refresh_token',
  'csrf*',
  'xsrf*',
  'auth',
  'authorization',
  'bearer',
  'jwt',
  'code_verifier',
  'client_secret',
  '*secret*',
  'api_key',
  'apikey',
  'api-key',
  '*_api_key',
  'access_key',
  'private_key',
  'signature',
  'sig',
  'x-amz-signature',
  'x-amz-security-token',
  'x-goog-signature',
  'sas',
  'session',
  'sessionid',
  'session_id',
  'sid',
  'connect.sid',
  'phpsessid',
  'jsessionid',
  'aspsessionid*',
  'asp.net_sessionid',
  'otp',
  'pin',
  'cvv',
  'cvc',
  'card',
  'card_number',
  'cardnumber',
  'ccnum',
  'cc_number',
  'iban',
  'ssn',
];

/** Tells a name from the list, whatever its case and encoding; of `user[password]` the last part counts, too. */
export function createNameTest(names: readonly string[]): (name: string) => boolean {
  const exact = new Set(names.filter((name) => !name.includes('*')).map((name) => name.toLowerCase()));
  const wild = names.filter((name) => name.includes('*')).map((name) => name.toLowerCase().split('*'));
  const isListed = (name: string): boolean => exact.has(name) || wild.some((parts) => fits(name, parts));
  return (name) => {
    const plain = plainName(name);
    const open = plain.lastIndexOf('[');
    return (
      isListed(plain) || (open > 0 && isListed(plain.slice(open + 1).replace(']', ''))) || (open > 0 && isListed(plain.slice(0, plain.indexOf('['))))
    );
  };
}

/** True when the name is these parts with anything between them. Linear: each part is looked for once, after the one before. */
function fits(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function plainName(name: string): string {
  const short = name.length > 200 ? name.slice(0, 200) : name;
  try {
    return decodeURIComponent(short).toLowerCase().trim();
  } catch {
    return short.toLowerCase().trim();
  }
}
