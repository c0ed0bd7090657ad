import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createJsonLineParser } from './json-line.ts';
import { knownFields, refusalOf } from './testing/parse-with.ts';

import type { LogEvent } from '@sluice/event';

const parser = createJsonLineParser();
const timestamp = '2026-11-22T13:55:36Z';

describe('generic JSON lines', () => {
  const cases: [string, string, Partial<LogEvent>][] = [
    [
      'of a LogFormat',
      '{"time":"[22/Nov/2026:13:55:36 +0000]","clientip":"192.0.2.1","request":"GET /a?b HTTP/1.1","status":"200","bytes":"-","referer":"-","agent":"curl/8"}',
      { timestamp, ip_address: '192.0.2.1', method: 'GET', path: '/a', query: 'b', protocol: 'HTTP/1.1', status: 200, bytes_sent: 0, user_agent: 'curl/8' },
    ],
    [
      'of nginx',
      '{"time_iso8601":"2026-11-22T14:55:36+01:00","remote_addr":"::1","remote_user":"me","request_method":"GET","request_uri":"/a?b","server_protocol":"HTTP/2.0","status":404,"body_bytes_sent":12,"request_time":0.057,"http_user_agent":"x","upstream":"u1"}',
      { timestamp, ip_address: '::1', user: 'me', method: 'GET', path: '/a', query: 'b', protocol: 'HTTP/2.0', status: 404, bytes_sent: 12, response_time_ms: 57, user_agent: 'x', extra: { upstream: 'u1' } },
    ],
    [
      'of the Elastic Common Schema',
      '{"@timestamp":"2026-11-22T13:55:36.123Z","source":{"ip":"192.0.2.1"},"http":{"request":{"method":"GET"},"version":"1.1","response":{"status_code":200,"body":{"bytes":7}}},"url":{"original":"/a?b=c"},"user_agent":{"original":"x"},"ok":true}',
      { timestamp: '2026-11-22T13:55:36.123Z', ip_address: '192.0.2.1', method: 'GET', path: '/a', query: 'b=c', protocol: 'HTTP/1.1', status: 200, bytes_sent: 7, user_agent: 'x', extra: { ok: 'true' } },
    ],
    ['with our own field names', '{"timestamp":"2026-11-22T13:55:36Z","ip_address":null,"client_host":"a.example","method":"GET","path":"/","query":"a","status":200}', { timestamp, client_host: 'a.example', method: 'GET', path: '/', query: 'a', status: 200 }],
    ['with escapes of httpd', '{"time":1795355736,"request":"GET /\\xc3\\xa9\\v HTTP/1.1","user":"\\\\x41","x":"\\"\\xe9"}', { timestamp, method: 'GET', path: '/é\v', protocol: 'HTTP/1.1', user: '\\x41', extra: { x: '"é' } }],
    ['with UTF-8', `{"time":1795355736123,"path":"/${Buffer.from('é😀').toString('latin1')}"}\r`, { timestamp: '2026-11-22T13:55:36.123Z', path: '/é😀' }],
    ['with seconds and a fraction', '{"ts":"1795355736.5","method":"GET","uri":"/"}', { timestamp: '2026-11-22T13:55:36.500Z', method: 'GET', path: '/' }],
    ['with lists, deep objects and odd keys', '{"time":1795355736,"path":"/","l":[1,"a"],"a":{"b":{"c":{"d":{"e":{"f":1}}}}},"__proto__":{"x":1},"constructor":2}', { timestamp, path: '/', extra: { l: '[1,"a"]', 'a.b.c.d.e': '{"f":1}', '__proto__.x': 1, constructor: 2 } }],
    ['with the path under the key of the request', '{"time":1795355736,"method":"GET","request":"/a b","query":"?c=d","status":"200"}', { timestamp, method: 'GET', path: '/a b', query: 'c=d', status: 200 }],
    ['with a request that is none', '{"time":1795355736,"request":"\\u0016\\u0003"}', { timestamp, request: '\x16\x03' }],
  ]; // prettier-ignore
  for (const [title, line, fields] of cases) {
    it(`are read ${title}`, () => {
      assert.deepEqual(knownFields(parser.parse(line)), fields);
    });
  }

  const refused = [
    '', '{', '[]', '"x"', '{}', 'null', '{"time":1795355736}', '{"path":"/"}', '{"time":"yesterday","path":"/"}', '{"time":"2026-02-30T00:00:00Z","path":"/"}',
    '{"time":"2026-11-22T13:55:36Zx","path":"/"}', '{"time":1795355736,"path":"/","status":20}', '{"time":1795355736,"path":"/","status":"2xx"}', '{"time":1795355736,"path":"/","bytes":-1}',
    '{"time":1795355736,"path":"/","ip":"1.2.3"}', '{"time":1795355736,"path":"/","port":65536}', '{"time":1795355736,"path":"/"} x', '{"time":-5,"path":"/"}',
  ]; // prettier-ignore
  for (const line of refused) {
    it(`are refused: ${line}`, () => {
      refusalOf(parser, line);
    });
  }
});
