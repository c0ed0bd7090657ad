/**
 * Addresses as logs have them, as far as a location database cares.
 */
import { isIP } from 'node:net';

export interface IpAddress {
  /** Without the wrapping of an IPv4 address in IPv6. */
  readonly text: string;
  readonly family: 4 | 6;
}

/** `::ffff:192.0.2.1` and its other spellings: how a dual-stack server logs an IPv4 client. */
const mapped = /^[0:]{2,30}ffff:(?:([\d.]{7,15})|([\da-f]{1,4}):([\da-f]{1,4}))$/i;

/** The address to look up; null for host names, garbage, and addresses that are nowhere in particular (private, loopback). */
export function toPublicAddress(ip: string): IpAddress | null {
  const family = isIP(ip);
  if (family === 4) return isPrivateIPv4(ip) ? null : { text: ip, family: 4 };
  if (family !== 6) return null;
  const unwrapped = unwrap(ip);
  if (unwrapped !== null) return isPrivateIPv4(unwrapped) ? null : { text: unwrapped, family: 4 };
  return isPrivateIPv6(ip) ? null : { text: ip, family: 6 };
}

function unwrap(ip: string): string | null {
  const match = mapped.exec(ip);
  if (match === null) return null;
  const [, dotted, high, low] = match;
  if (dotted !== undefined) return dotted;
  const left = Number.parseInt(high ?? '', 16);
  const right = Number.parseInt(low ?? '', 16);
  return `${left >> 8}.${left & 255}.${right >> 8}.${right & 255}`;
}

/** RFC 1918, 6598 and 3927, loopback, this network, multicast and above. */
function isPrivateIPv4(ip: string): boolean {
  const first = Number.parseInt(ip, 10);
  const second = Number.parseInt(ip.slice(ip.indexOf('.') + 1), 10);
  switch (first) {
    case 0:
    case 10:
    case 127:
      return true;
    case 100:
      return second >= 64 && second < 128;
    case 169:
      return second === 254;
    case 172:
      return second >= 16 && second < 32;
    case 192:
      return second === 168;
    default:
      return first >= 224;
  }
}

/** Unspecified, loopback, unique local (fc00::/7), link local (fe80::/10), multicast (ff00::/8). */
function isPrivateIPv6(ip: string): boolean {
  return /^[0:]+1?$|^f[cdf][\da-f]{2}:|^fe[89ab][\da-f]:/i.test(ip);
}
