import { createAddressRanges, parseRange } from '../bots/address-ranges.ts';

import type { AddressRanges } from '../bots/address-ranges.ts';
import type { Section } from './yaml-reader.ts';

/** The ranges under `address`, undefined where there are none; notes those that are none. */
export function addressesOf(texts: readonly string[], section: Section): AddressRanges | undefined {
  if (texts.length === 0) return undefined;
  const ranges = texts.map((text) => {
    const range = parseRange(text);
    if (range === null) section.failAt('address', `no address or range: ${text.slice(0, 60)}; expected 203.0.113.0/24 or 2001:db8::/32`);
    return range;
  });
  return createAddressRanges(ranges.filter((range) => range !== null));
}
