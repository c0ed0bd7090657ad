/**
 * What stands where a client or server is named: an address, a name, or neither.
 * Own checks on positions of the line: no substring, no regex, no `net.isIP` per line.
 */
import { isHostCharacter } from './find-end.ts';

export const clientKinds = { invalid: 0, absent: 1, address: 2, name: 3 } as const;
export type ClientKind = (typeof clientKinds)[keyof typeof clientKinds];

const dash = 45;
const dot = 46;
const colon = 58;
const percent = 37;
const maxAddressLength = 45;
const maxNameLength = 255;

/**
 * Classifies what `%h` or `%a` logged.
 *
 * An address with a zone (`fe80::1%eth0`) counts as a name: no database or firewall takes it as an address.
 * Names are letters, digits, `-`, `.`, `_`; one that ends in an all-digit label is a broken address, so no name.
 */
export function clientKind(line: string, start: number, end: number): ClientKind {
  if (isIpv4(line, start, end)) return clientKinds.address;
  if (end - start === 1 && line.charCodeAt(start) === dash) return clientKinds.absent;
  if (isIpv6(line, start, end)) return clientKinds.address;
  return isHostName(line, start, end) || isZonedAddress(line, start, end) ? clientKinds.name : clientKinds.invalid;
}

/** True for an IPv4 or IPv6 address, nothing around it. */
export function isAddress(line: string, start: number, end: number): boolean {
  return isIpv4(line, start, end) || isIpv6(line, start, end);
}

function isIpv4(line: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < 7 || length > 15) return false;
  let dots = 0;
  let digits = 0;
  let octet = 0;
  for (let i = start; i < end; i++) {
    const code = line.charCodeAt(i);
    if (code === dot) {
      if (digits === 0) return false;
      dots++;
      digits = 0;
      octet = 0;
    } else {
      if (code < 48 || code > 57 || (digits === 1 && octet === 0)) return false;
      octet = octet * 10 + code - 48;
      if (++digits > 3 || octet > 255) return false;
    }
  }
  return dots === 3 && digits > 0;
}

function isIpv6(line: string, start: number, end: number): boolean {
  if (end - start < 2 || end - start > maxAddressLength) return false;
  let groups = 0;
  let compressed = false;
  let i = start;
  if (line.charCodeAt(i) === colon) {
    if (line.charCodeAt(i + 1) !== colon) return false;
    compressed = true;
    i += 2;
  }
  while (i < end) {
    const from = i;
    while (i < end && isHexDigit(line.charCodeAt(i))) i++;
    if (i < end && line.charCodeAt(i) === dot) {
      groups += 2; // the last 32 bits as IPv4
      if (!isIpv4(line, from, end)) return false;
      break;
    }
    if (i === from || i - from > 4) return false;
    groups++;
    if (i === end) break;
    if (line.charCodeAt(i) !== colon) return false;
    i++;
    if (i === end) return false;
    if (line.charCodeAt(i) === colon) {
      if (compressed) return false;
      compressed = true;
      i++;
    }
  }
  return compressed ? groups < 8 : groups === 8;
}

function isZonedAddress(line: string, start: number, end: number): boolean {
  const zone = line.indexOf('%', start);
  if (zone < start || zone + 1 >= end || end - zone > 33 || !isIpv6(line, start, zone)) return false;
  for (let i = zone + 1; i < end; i++) if (!isHostCharacter(line.charCodeAt(i)) || line.charCodeAt(i) === percent) return false;
  return true;
}

/** True for a host name of at most 255 characters. */
export function isHostName(line: string, start: number, end: number): boolean {
  if (end <= start || end - start > maxNameLength) return false;
  const first = line.charCodeAt(start);
  if (first === dash || first === dot) return false;
  let numericLabel = true;
  for (let i = start; i < end; i++) {
    const code = line.charCodeAt(i);
    if (!isHostCharacter(code)) return false;
    if (code === dot) numericLabel = i + 1 < end || numericLabel;
    else if (code < 48 || code > 57) numericLabel = false;
  }
  return !numericLabel;
}

/** True for what `%v` logs: a name, an address, or an IPv6 address in brackets. */
export function isServerName(line: string, start: number, end: number): boolean {
  if (line.charCodeAt(start) === 91) return line.charCodeAt(end - 1) === 93 && isIpv6(line, start + 1, end - 1);
  return isHostName(line, start, end) || isAddress(line, start, end);
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
