/**
 * Made-up clients. Addresses are drawn over the public unicast space, so that location look-ups find something;
 * none of them stands for anybody.
 */
import type { Random } from './random.ts';

/** First hextets of blocks that the registries hand out. */
const ipv6Heads = [
  '2001:4c',
  '2003:c',
  '2400:8',
  '2401:4',
  '2404:6',
  '2600:1',
  '2601:2',
  '2603:8',
  '2604:3',
  '2607:f',
  '2800:a',
  '2804:1',
  '2a00:1',
  '2a01:c',
  '2a02:8',
  '2a04:4',
  '2c0f:f',
];

/** Draws a public IPv4 address: no private, shared, loopback, link-local, benchmark, documentation or multicast one. */
export function randomIpv4(random: Random): string {
  for (;;) {
    const a = 1 + random.int(222);
    const b = random.int(256);
    if (!isReserved(a, b)) return `${a}.${b}.${random.int(256)}.${1 + random.int(254)}`;
  }
}

function isReserved(a: number, b: number): boolean {
  if (a === 10 || a === 127) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168 || b === 0;
  if (a === 198) return b === 18 || b === 19 || b === 51;
  return a === 203 && b === 0;
}

/** Draws an IPv6 address within allocated space, in the short form a server logs. */
export function randomIpv6(random: Random): string {
  const head = random.pick(ipv6Heads) + random.int(0x10).toString(16);
  const network = `${head}:${hextet(random)}:${hextet(random)}`;
  if (random.chance(0.3)) return `${network}::${hextet(random)}`;
  return `${network}:${hextet(random)}:${hextet(random)}:${hextet(random)}:${hextet(random)}`;
}

function hextet(random: Random): string {
  return (1 + random.int(0xffff)).toString(16);
}

/** Draws `count` distinct addresses, this share of them IPv6. */
export function createClientPool(random: Random, count: number, ipv6Share: number): readonly string[] {
  const seen = new Set<string>();
  while (seen.size < count) seen.add(random.chance(ipv6Share) ? randomIpv6(random) : randomIpv4(random));
  return [...seen];
}
