/** Requests that are no HTTP, or hide another request. */
import { defineRules, inField } from '../threat-rule.ts';

import type { Subject } from '../subject.ts';

/** Bytes that no request line has: the first records of TLS, remote desktop, file sharing, and whatever scanners send. */
function findBinary({ raw }: Subject): number {
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return i;
  }
  return -1;
}

/** A method that no standard has: letters, but not those of a method of HTTP, WebDAV, or a well-known cache. */
function findOddMethod({ raw }: Subject): number {
  return knownMethods.has(raw.toUpperCase()) ? -1 : 0;
}

const knownMethods = new Set(
  (
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT MKCALENDAR MKACTIVITY CHECKOUT ' +
    'MERGE ACL BIND UNBIND REBIND LINK UNLINK PURGE BAN QUERY NOTIFY SUBSCRIBE UNSUBSCRIBE M-SEARCH VERSION-CONTROL BASELINE-CONTROL UPDATE LABEL ORDERPATCH ' +
    'RPC_IN_DATA RPC_OUT_DATA SOURCE DEBUG TRACK PRI'
  ).split(' '),
);

export const protocolRules = defineRules([
  {
    id: 'PROTO-001',
    class: 'protocol',
    severity: 'high',
    score: 5,
    title: 'A request inside a value, as for request smuggling.',
    refs: ['CWE-444', 'T1190'],
    literals: ['get http', 'get /', 'post http', 'post /', 'head /', 'put /', 'delete /', 'options /', 'trace /', 'propfind /', 'connect '],
    pattern: /(?:get|post|head|put|delete|options|trace|connect|propfind)\s\S{1,100}\shttp\/\d/y,
    fields: ['query'],
    matches: inField('query', 'x=GET%20http://www.foo.bar%20HTTP/1.2', 'x=POST+/admin+HTTP/1.1'),
    honest: inField('query', 'q=http/2+explained'),
  },
  {
    id: 'PROTO-002',
    class: 'protocol',
    severity: 'medium',
    score: 5,
    title: 'Another protocol at the port of a web server: TLS, remote desktop, SSH, SMB, scans for services.',
    refs: ['T1046', 'T1595.001'],
    fields: ['request'],
    literals: [
      'mstshash',
      'ssh-',
      'mglndd',
      'pri * http/2',
      'smb',
      'random ',
      'help',
      'eval ',
      'info',
      'stats',
      'rtsp',
      'sip',
      'amqp',
      'default',
      'postgres',
      't3 1',
      'jrmi',
      'giop',
      '*1',
      '{"',
      'ehlo',
      'helo',
      'user ',
      'quit',
      'version',
      'get_',
      'trace',
      'jsonrpc',
      'cookie:',
      'gh0st',
      'method',
      'dist-',
      'options sip',
      'ping',
      'nt lm',
      'zookeeper',
      'stratum',
      'noop',
      'envi',
      'dump',
      'jdwp',
      '\\x',
    ],
    pattern:
      /mstshash|ssh-[12]\.|mglndd|pri \* http|(?:nt lm|smb)|(?<![\s\S])(?:help|eval |info|stats|default|quit|version|noop|envi|dump|ping|user |ehlo|helo|jdwp|\*\d|\{")|rtsp|sip:|\bsip\b|amqp|t3 1|jrmi|giop|jsonrpc|gh0st|dist-|stratum/y,
    matches: inField('request', 'Cookie: mstshash=Administr', 'SSH-2.0-Go', 'MGLNDD_203.0.113.7_80', 'PRI * HTTP/2.0', '{"id":1,"jsonrpc":"2.0"}'),
    honest: inField('request', 'GET / HTTP/1.1', 'GET /'),
  },
  {
    id: 'PROTO-003',
    class: 'protocol',
    severity: 'medium',
    score: 5,
    title: 'Bytes that are no HTTP.',
    refs: ['T1046', 'T1595.001'],
    fields: ['request'],
    literals: [],
    find: findBinary,
    matches: inField('request', '\u0016\u0003\u0001\u0002', '\u0003\u0000\u0000/*\u00e0', 'GET / \u0000'),
    honest: inField('request', 'GET /caf\u00e9', '-'),
  },
  {
    id: 'PROTO-004',
    class: 'protocol',
    severity: 'low',
    score: 3,
    title: 'A method that no standard has, as scanners send to learn how a server answers.',
    refs: ['T1595.002'],
    fields: ['method'],
    literals: [],
    find: findOddMethod,
    matches: inField('method', 'SPST', 'FOO'),
    honest: inField('method', 'PROPFIND', 'PURGE'),
  },
  {
    id: 'PROTO-005',
    class: 'protocol',
    severity: 'medium',
    score: 5,
    title: 'Plain characters in an encoding (`%u0041`) that only old servers of Microsoft undo and only filters miss.',
    refs: ['CWE-176', 'T1027'],
    view: 'raw',
    fields: ['path', 'query'],
    literals: ['%u00', '%uff0e', '%uff0f', '%uff3c', '%uff1c', '%uff07'],
    pattern: /%u(?:00[2-7][0-9a-f]|ff(?:0[7ef]|3c|1c))/iy,
    matches: inField('query', 'q=%u0041', 'f=%uff0e%uff0e%uff0f'),
    honest: inField('query', 'q=%u4e2d%uff0c', 'q=%u00e9'),
  },
  {
    id: 'PROTO-006',
    class: 'protocol',
    severity: 'medium',
    score: 5,
    title: 'A NUL that cuts a text short for whoever reads it in C.',
    refs: ['CWE-158', 'T1190'],
    view: 'raw',
    fields: ['path', 'query', 'referer'],
    literals: ['%00', '%2500'],
    pattern: /%(?:25)?00(?:\.[a-z]{2,5})?(?=$|&)/iy,
    matches: inField('query', 'f=a.php%00', 'f=../x%00.jpg'),
    honest: inField('query', 'info_hash=%12%00%9a', 'q=100%25'),
  },
]);
