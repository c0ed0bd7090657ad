import { isIP, isIPv4 } from 'node:net';

import type { AddressAnonymiser } from './anonymise-address.ts';

/** A text with the addresses in it anonymised: a raw line, a list of proxies. The same string where there are none. */
export function anonymiseAddresses(text: string, anonymise: AddressAnonymiser): string {
  const parts = text.split(/([\s"'<>,;()[\]=]+)/);
  const changed = parts.map((part) => anonymisePart(part, anonymise)).join('');
  return changed === text ? text : changed;
}

function anonymisePart(part: string, anonymise: AddressAnonymiser): string {
  if (isIP(part) !== 0) return anonymise(part);
  const colon = part.indexOf(':');
  return colon > 0 && isIPv4(part.slice(0, colon)) ? anonymise(part.slice(0, colon)) + part.slice(colon) : part;
}
