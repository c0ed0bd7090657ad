/**
 * A second reading of real logs, written from the formats' description alone and sharing nothing with the parser: what
 * both agree on is not the parser's own idea of itself.
 */
const withClients =
  // eslint-disable-next-line security/detect-unsafe-regex -- one optional group at the start, and the logs are our own files
  /^(?:(?<host>[\w.-]+):(?<port>\d+) )?(?<client>\S+) \S+ \S+ \[(?<time>[^\]]+)\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<bytes>\d+|-) "(?<referer>(?:[^"\\]|\\.)*)" "(?<agent>(?:[^"\\]|\\.)*)"$/;
const withoutClients = /^(?<client>\S+) \S+ \S+ \[(?<time>[^\]]+)\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<bytes>\d+|-)$/;
const patterns = { combined: withClients, vhost_combined: withClients, common: withoutClients } as const;
export type ReferenceFormat = keyof typeof patterns;

export interface Reading {
  timestamp: string;
  ip_address: string;
  method: string | null;
  path: string | null;
  query: string | null;
  protocol: string | null;
  status: number;
  bytes_sent: number;
  referer: string | null;
  user_agent: string | null;
  host: string | null;
  port: number | null;
}

/** Reads a line; null when it is none of the format. */
export function readReference(format: ReferenceFormat, line: string): Reading | null {
  const found = patterns[format].exec(line)?.groups;
  if (found === undefined) return null;
  const text = (name: string): string => found[name] ?? '';
  const value = (name: string): string | null => (found[name] === undefined || found[name] === '-' ? null : unescapeText(found[name]));
  const [method, ...rest] = unescapeText(text('request')).split(' ');
  const protocol = rest.length > 1 && /^HTTP\/\d(\.\d)?$/.test(rest.at(-1) ?? '') ? (rest.pop() ?? null) : null;
  const whole = protocol !== null && /^[\w!#$%&'*+.^`|~-]+$/.test(method ?? '');
  const target = rest.join(' ');
  const mark = target.indexOf('?');
  return {
    timestamp: isoTime(text('time')),
    ip_address: text('client'),
    method: whole ? (method ?? null) : null,
    path: whole ? (mark < 0 ? target : target.slice(0, mark)) : null,
    query: whole && mark >= 0 ? target.slice(mark + 1) : null,
    protocol: whole ? protocol : null,
    status: Number(text('status')),
    bytes_sent: text('bytes') === '-' ? 0 : Number(text('bytes')),
    referer: value('referer'),
    user_agent: value('agent'),
    host: found['host'] ?? null,
    port: found['port'] === undefined ? null : Number(found['port']),
  };
}

/** `17/May/2015:10:05:03 +0000` by way of a form that Date.parse knows. */
function isoTime(time: string): string {
  const [, day, month, year, clock, zone] = /^(\d\d)\/(\w{3})\/(\d{4}):([\d:]{8}) ([+-]\d{4})$/.exec(time) ?? [];
  return new Date(`${day ?? ''} ${month ?? ''} ${year ?? ''} ${clock ?? ''} ${zone ?? ''}`).toISOString().replace('.000Z', 'Z');
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', v: '\v', '"': '"', '\\': '\\' };

/** Undoes the server's escapes, then reads the bytes as UTF-8 where they are, else as Latin-1. */
function unescapeText(logged: string): string {
  const bytes = logged.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (whole, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (letters[letter ?? ''] ?? whole) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer) ? text : bytes;
}
