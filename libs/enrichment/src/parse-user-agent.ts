/**
 * Browser, operating system and kind of device, as far as a user agent tells them.
 */
import { ownCopy } from '@sluice/security';
import UAParser from 'my-ua-parser';

export interface Client {
  /** Family without version, `Chrome`. */
  readonly browser: string | undefined;
  /** Family without version, `Windows`. */
  readonly os: string | undefined;
  /** `desktop`, `mobile`, `tablet`, `smarttv`, `console`, `wearable` or `embedded`. */
  readonly device: string | undefined;
}

export const unknownClient: Client = Object.freeze({ browser: undefined, os: undefined, device: undefined });

/**
 * Some of the parser's expressions take quadratic time: 256 characters cost 30 us, at worst 140; 500 cost 390.
 * What it looks for stands further in front in all but a few apps.
 */
const longestUserAgent = 256;
const longestName = 64;

const desktopSystems = new Set([
  'Windows',
  'Mac OS',
  'Linux',
  'Chromium OS',
  'Ubuntu',
  'Debian',
  'Fedora',
  'FreeBSD',
  'OpenBSD',
  'NetBSD',
  'Solaris',
]);

/**
 * What is behind a user agent; all undefined for text that is no browser's.
 *
 * Cost: 25 us, at most 0.2 ms: callers remember answers.
 */
export function parseUserAgent(userAgent: string): Client {
  const parser = new UAParser(userAgent.length > longestUserAgent ? userAgent.slice(0, longestUserAgent) : userAgent);
  const browser = nameOf(parser.getBrowser().name);
  const os = nameOf(parser.getOS().name);
  const type = nameOf(parser.getDevice().type);
  return { browser, os, device: type ?? (os !== undefined && desktopSystems.has(os) ? 'desktop' : undefined) };
}

/** Names are partly cut from the user agent itself, so they are hostile too. */
function nameOf(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value.length > longestName || /\p{C}/u.test(value) ? undefined : ownCopy(value);
}
