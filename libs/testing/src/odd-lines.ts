/**
 * Lines that real servers write and careless parsers get wrong, with what they mean; and lines that mean nothing.
 * All text here is "as logged": one character per byte, after the server's escaping.
 */
import type { Random } from './random.ts';

/** What an odd request changes about an otherwise ordinary line. */
export interface OddRequest {
  readonly name: string;
  /** Client as logged. */
  readonly client?: string;
  readonly clientHost?: string;
  /** User as logged and as meant. */
  readonly user?: string;
  /** Zone of the time stamp, minutes east of Greenwich. */
  readonly zoneMinutes?: number;
  /** The request line as logged. */
  readonly requestLine?: string;
  readonly method?: string | null;
  readonly path?: string | null;
  readonly query?: string;
  readonly protocol?: string | null;
  /** The decoded request line, where it is not method, target and protocol. */
  readonly request?: string;
  readonly status?: number;
  readonly bytes?: number;
  /** Referer and user agent: as logged, and decoded. */
  readonly referer?: readonly [logged: string, meant: string] | null;
  readonly agent?: readonly [logged: string, meant: string] | null;
  /** Fields on whose value reasonable readers differ. */
  readonly unsettled?: readonly ('request' | 'method' | 'path' | 'protocol')[];
}

const notHttp = { method: null, path: null, protocol: null, status: 400, bytes: 226, referer: null, agent: null } as const;
const rawUtf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export const oddRequests: readonly OddRequest[] = [
  { name: 'tls_hello', ...notHttp, requestLine: '\\x16\\x03\\x01\\x02', request: '\x16\x03\x01\x02' },
  { name: 'tls_hello_with_blanks', ...notHttp, requestLine: '\\x16\\x03\\x01 \\x01 \\xfc \\x03', request: '\x16\x03\x01 \x01 \xfc \x03' },
  { name: 'rdp_cookie', ...notHttp, requestLine: '\\x03', request: '\x03' },
  { name: 'ssh_banner', ...notHttp, requestLine: 'SSH-2.0-Go', request: 'SSH-2.0-Go' },
  { name: 'timeout', ...notHttp, requestLine: '-', status: 408, bytes: 0, unsettled: ['request'] },
  {
    name: 'http_0_9',
    requestLine: 'GET /',
    method: 'GET',
    path: '/',
    protocol: null,
    agent: null,
    referer: null,
    unsettled: ['request', 'method', 'path'],
  },
  {
    name: 'absolute_form',
    requestLine: 'GET http://shop.example/about HTTP/1.1',
    method: 'GET',
    path: 'http://shop.example/about',
    protocol: 'HTTP/1.1',
  },
  {
    name: 'connect',
    requestLine: 'CONNECT mail.example:443 HTTP/1.1',
    method: 'CONNECT',
    path: 'mail.example:443',
    protocol: 'HTTP/1.1',
    status: 405,
    bytes: 517,
  },
  {
    name: 'options_star',
    requestLine: 'OPTIONS * HTTP/1.0',
    method: 'OPTIONS',
    path: '*',
    protocol: 'HTTP/1.0',
    status: 200,
    bytes: 126,
    agent: ['Apache/2.4.62 (Debian) (internal dummy connection)', 'Apache/2.4.62 (Debian) (internal dummy connection)'],
    client: '127.0.0.1',
  },
  { name: 'user_with_blanks', user: 'anna maria lopez' },
  { name: 'user_with_domain', user: 'anna@shop.example' },
  { name: 'client_by_name', client: 'dsl-17-4.pool.provider.example', clientHost: 'dsl-17-4.pool.provider.example' },
  { name: 'mapped_address', client: '::ffff:203.0.113.9' },
  { name: 'loopback_v6', client: '::1' },
  { name: 'zone_west', zoneMinutes: -450 },
  { name: 'zone_east', zoneMinutes: 330 },
  { name: 'latin1_path', requestLine: 'GET /shop/caf\\xe9 HTTP/1.1', method: 'GET', path: '/shop/caf\xe9', protocol: 'HTTP/1.1' },
  {
    name: 'utf8_path',
    requestLine: 'GET /shop/caf\\xc3\\xa9?q=z\\xc3\\xbcrich HTTP/1.1',
    method: 'GET',
    path: '/shop/café',
    query: 'q=zürich',
    protocol: 'HTTP/1.1',
  },
  { name: 'quoted_referer', referer: ['https://blog.example/?t=\\"best\\" lamps', 'https://blog.example/?t="best" lamps'] },
  { name: 'backslashes', agent: ['Tool\\\\1.0 (C:\\\\temp\\\\new)', 'Tool\\1.0 (C:\\temp\\new)'] },
  { name: 'tab_in_agent', agent: ['Reader\\t2.0', 'Reader\t2.0'] },
  { name: 'line_break_in_agent', agent: ['Reader\\nGET / HTTP/1.1', 'Reader\nGET / HTTP/1.1'] },
  { name: 'utf8_agent', agent: ['\\xe3\\x83\\x96\\xe3\\x83\\xa9\\xe3\\x82\\xa6\\xe3\\x82\\xb6/1.0', 'ブラウザ/1.0'] },
  { name: 'raw_utf8_agent', agent: [rawUtf8('Čtečka/3.1'), 'Čtečka/3.1'] },
  { name: 'raw_latin1_agent', agent: ['Navegaci\xf3n/3.1', 'Navegaci\xf3n/3.1'] },
  {
    name: 'question_marks',
    requestLine: 'GET /search?q=what?&why=? HTTP/1.1',
    method: 'GET',
    path: '/search',
    query: 'q=what?&why=?',
    protocol: 'HTTP/1.1',
  },
  { name: 'brackets_in_agent', agent: ['[10/Oct/2025:13:55:36 +0000] - -', '[10/Oct/2025:13:55:36 +0000] - -'] },
  { name: 'other_method', requestLine: 'PROPFIND /dav/ HTTP/1.1', method: 'PROPFIND', path: '/dav/', protocol: 'HTTP/1.1', status: 405, bytes: 517 },
];

/** Draws a line that is no access log line in any format; `ordinary` is a good one to spoil. */
export function drawBrokenLine(random: Random, ordinary: string): string {
  switch (random.int(5)) {
    case 0:
      // Cut inside the request, before the status: a full disk or a killed server.
      return ordinary.slice(0, ordinary.indexOf('"') + 5 + random.int(4));
    case 1:
      return '[Sun Nov 22 13:55:36.214133 2026] [php:error] [pid 4117:tid 4117] [client 203.0.113.9:50122] PHP Fatal error:  Uncaught TypeError in /srv/www/cart.php:88';
    case 2:
      return ordinary.slice(ordinary.indexOf('[') + 9);
    case 3: {
      let bytes = '\x00\x7fELF';
      for (let index = 0; index < 40; index += 1) bytes += String.fromCharCode(128 + random.int(128));
      return bytes;
    }
    default:
      return 'logrotate: rotating pattern: /var/log/apache2/*.log after 1 days (14 rotations)';
  }
}
