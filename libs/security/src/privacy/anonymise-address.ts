/** Addresses without the person: cut to their network, or replaced by a keyed hash that still looks like an address. */
import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

export type AddressAnonymiser = (address: string) => string;

/**
 * Cuts addresses to their network: the last byte of IPv4, the last ten of IPv6.
 * Shape: `203.0.113.9` -> `203.0.113.0`, `2001:db8:1:2::3` -> `2001:db8:1::`. What is no address comes back as it is.
 */
export const truncateAddress: AddressAnonymiser = (address) => {
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0`;
  if (!isIPv6(address)) return address;
  const plain = address.toLowerCase();
  if (plain.includes('.')) return `${plain.slice(0, plain.lastIndexOf('.'))}.0`;
  const head = plain.slice(0, plain.includes('::') ? plain.indexOf('::') : undefined).split(':');
  return `${head.slice(0, 3).join(':')}::`.replace(/^:+/, '::');
};

/**
 * Replaces addresses by a hash under a key: the same client keeps the same address as long as the key lives.
 * Shape: any address -> an IPv6 address of the private range `fd00::/8`, which no client on the internet has.
 */
export function createAddressHasher(key: string): AddressAnonymiser {
  return (address) => {
    if (!isIPv4(address) && !isIPv6(address)) return address;
    const hex = createHmac('sha256', key).update(address.toLowerCase()).digest('hex').slice(0, 30);
    return `fd${hex}`.replace(/(.{4})(?!$)/g, '$1:');
  };
}
