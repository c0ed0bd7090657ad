/**
 * Combined lines for the question "how strict": valid ones, odd ones among them, that no parser should refuse, and ones
 * broken in eight ways that none should take. One character per byte, without line end.
 */
import { createTimeFormatter } from './log-line.ts';
import { createRandom } from './random.ts';

import type { Random } from './random.ts';

/** The ways a line is broken; each takes an eighth. */
export const brokenKinds = ['cut', 'empty', 'garbage', 'no time', 'bad time', 'bad status', 'no closing quote', 'error log'] as const;
export type BrokenKind = (typeof brokenKinds)[number];

export interface StrictnessLines {
  valid(): string;
  broken(kind: BrokenKind): string;
}

interface Fields {
  client: string;
  user: string;
  time: string;
  request: string;
  status: string;
  bytes: string;
  referer: string;
  agent: string;
}

/** Creates the source of lines; the same seed gives the same lines. */
export function createStrictnessLines(seed: number): StrictnessLines {
  const random = createRandom(seed);
  const formatTime = createTimeFormatter();
  const draw = (): Fields => drawFields(random, formatTime);
  return {
    valid: () => render(draw()),
    broken: (kind) => breakLine(kind, draw(), random),
  };
}

function render(f: Fields): string {
  return `${f.client} - ${f.user} ${f.time} "${f.request}" ${f.status} ${f.bytes} "${f.referer}" "${f.agent}"`;
}

const oddClients = ['::1', '2001:db8::dead:beef', '::ffff:192.0.2.7', 'dsl-12.client.example', 'localhost', 'fe80::1%eth0'];
const oddUsers = ['John Public', 'zo\\xc3\\xab', 'mail@example.org', '""', 'a [b', 'DOMAIN\\\\user', 'x\\"y'];
const oddRequests = [
  '-', '', 'GET /', 'GET /with blank HTTP/1.1', '\\x16\\x03\\x01\\x02', '\\x16 \\x03 x', 'CONNECT example.org:443 HTTP/1.1', 'GET http://example.org/ HTTP/1.0', 'OPTIONS * HTTP/1.0',
  'GET /\\"quoted\\"?a=\\\\ HTTP/1.1', 'GET /caf\\xe9 HTTP/1.1', 'PRI * HTTP/2.0', 'GET / HTTP/3', 'SSH-2.0-OpenSSH_9.2', 'GET /${jndi:ldap://x}/ HTTP/1.1',
]; // prettier-ignore
const oddTexts = ['', '\\"', '\\\\', 'a \\"b\\" c', '\xc3\xa9', '\xe9', '\\xf0\\x9f\\x98\\x80', 'x -> y', "() { :;}; echo '", '\0', '-', '\\x00\\x01\\x1b\\"\\\\\\xc8\\xff']; // prettier-ignore

function drawFields(random: Random, formatTime: (atMs: number, zoneMinutes: number) => string): Fields {
  const oddly = (ordinary: string, odd: readonly string[]): string => (random.chance(0.05) ? random.pick(odd) : ordinary);
  const octet = (): number => random.int(256);
  const version = random.pick(['1.0', '1.1', '2.0']);
  const query = random.chance(0.3) ? `?q=${random.int(900)}` : '';
  return {
    client: oddly(`${octet()}.${octet()}.${octet()}.${octet()}`, oddClients),
    user: oddly(random.chance(0.9) ? '-' : 'frank', oddUsers),
    time: `[${formatTime((1_790_000_000 + random.int(50_000_000)) * 1000, random.pick([0, 60, -300, 330]))}]`,
    request: oddly(`${random.pick(['GET', 'POST', 'HEAD'])} /p/${random.int(5000)}${query} HTTP/${version}`, oddRequests),
    status: oddly(String(random.pick([200, 206, 301, 304, 404, 500])), ['-', '999', '100', '444']),
    bytes: oddly(String(random.int(1_000_000)), ['-', '0', '9007199254740991']),
    referer: oddly(random.chance(0.5) ? '-' : `https://www.example.com/${random.int(500)}`, oddTexts),
    agent: oddly(`Mozilla/5.0 (X11; Linux x86_64) Example/${random.int(200)}.0`, oddTexts),
  };
}

const badTimes = ['[30/Feb/2026:10:00:00 +0000]', '[01/Foo/2026:10:00:00 +0000]', '[01/Jan/2026:25:00:00 +0000]', '[01/Jan/2026:10:61:00 +0000]', '[2026-01-01T10:00:00Z]', '[01/Jan/2026:10:00:00]', '01/Jan/2026:10:00:00 +0000']; // prettier-ignore
const badStatuses = ['20', '2000', '099', 'OK', '2x0', '+200', '20.', ''];
const emptyLines = ['', ' ', '\t', '\r', '    '];
const garbage = ['lorem ipsum dolor sit amet', '\x00\x01\x02\xff\xfe', '{"not":"a log line"}', '127.0.0.1', '=====', '"""" "" ""', ': - [ ] "', '192.0.2.1 - - [] "" 200 0 "" ""']; // prettier-ignore

function breakLine(kind: BrokenKind, fields: Fields, random: Random): string {
  const whole = render(fields);
  switch (kind) {
    case 'cut':
      return whole.slice(0, random.int(whole.length - 1));
    case 'empty':
      return random.pick(emptyLines);
    case 'garbage':
      return random.pick(garbage);
    case 'no time':
      return whole.replace(`${fields.time} `, '');
    case 'bad time':
      return render({ ...fields, time: random.pick(badTimes) });
    case 'bad status':
      return render({ ...fields, status: random.pick(badStatuses) });
    case 'no closing quote':
      return whole.slice(0, -1);
    case 'error log':
      return `[Sun Nov 22 13:55:36.123456 2026] [${random.pick(['core', 'ssl', 'proxy'])}:error] [pid ${random.int(9999)}] [client ${fields.client}:443] AH00128: File does not exist: /var/www/x`;
  }
}
