import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { createRequestParts, readRequest } from './request-line.ts';
import { escapeLogItem } from './testing/render-apache.ts';

const parts = createRequestParts();
function read(line: string): object {
  readRequest(line, 0, line.length, false, parts);
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined));
}

const whole = (request: string): object => ({ request });

describe('readRequest', () => {
  const cases: [string, object][] = [
    ['GET / HTTP/1.1', { method: 'GET', path: '/', protocol: 'HTTP/1.1' }],
    ['GET /a?b=c?d HTTP/1.0', { method: 'GET', path: '/a', query: 'b=c?d', protocol: 'HTTP/1.0' }],
    ['GET /a? HTTP/1.1', { method: 'GET', path: '/a', query: '', protocol: 'HTTP/1.1' }],
    ['GET ?a HTTP/1.1', { method: 'GET', path: '', query: 'a', protocol: 'HTTP/1.1' }],
    ['GET /%3Fa%20b HTTP/2.0', { method: 'GET', path: '/%3Fa%20b', protocol: 'HTTP/2.0' }],
    ['GET / HTTP/3', { method: 'GET', path: '/', protocol: 'HTTP/3' }],
    ['GET / HTTP/1.2', { method: 'GET', path: '/', protocol: 'HTTP/1.2' }],
    ['M-SEARCH * HTTP/1.1', { method: 'M-SEARCH', path: '*', protocol: 'HTTP/1.1' }],
    ['OPTIONS *', { method: 'OPTIONS', path: '*' }],
    ['CONNECT example.org:443 HTTP/1.1', { method: 'CONNECT', path: 'example.org:443', protocol: 'HTTP/1.1' }],
    ['GET http://example.org/a?b HTTP/1.1', { method: 'GET', path: 'http://example.org/a', query: 'b', protocol: 'HTTP/1.1' }],
    ['GET /a b  c HTTP/1.1', { method: 'GET', path: '/a b  c', protocol: 'HTTP/1.1' }],
    ['GET  / HTTP/1.1', { method: 'GET', path: ' /', protocol: 'HTTP/1.1' }],
    ['GET / HTTP/1.1 HTTP/1.1', { method: 'GET', path: '/ HTTP/1.1', protocol: 'HTTP/1.1' }],
    ['GET / ?a HTTP/1.1', { method: 'GET', path: '/ ', query: 'a', protocol: 'HTTP/1.1' }],
    ['get / HTTP/1.1', { method: 'get', path: '/', protocol: 'HTTP/1.1' }],
    ['GET /', { method: 'GET', path: '/' }],
    ['GET /a?b', { method: 'GET', path: '/a', query: 'b' }],
    ['GET http://example.org/', { method: 'GET', path: 'http://example.org/' }],
    ['-', {}],
    ['', whole('')],
    [' ', whole(' ')],
    ['GET', whole('GET')],
    ['GET ', whole('GET ')],
    ['GET HTTP/1.1', whole('GET HTTP/1.1')],
    [' / HTTP/1.1', whole(' / HTTP/1.1')],
    ['GET /a b', whole('GET /a b')],
    ['OPTIONS / RTSP/1.0', whole('OPTIONS / RTSP/1.0')],
    ['GET / HTTP/1.1 ', whole('GET / HTTP/1.1 ')],
    ['GET / http/1.1', whole('GET / http/1.1')],
    ['EHLO example.org', whole('EHLO example.org')],
    ['SSH-2.0-Go', whole('SSH-2.0-Go')],
    ['G\\xc9T / HTTP/1.1', whole('GÉT / HTTP/1.1')],
    ['\\x16\\x03\\x01', whole('\x16\x03\x01')],
    ['\\x16\\x03 a / HTTP/1.1', whole('\x16\x03 a / HTTP/1.1')],
    ['\\"GET / HTTP/1.1', whole('"GET / HTTP/1.1')],
    ['GET /\\"\\\\x HTTP/1.1', { method: 'GET', path: '/"\\x', protocol: 'HTTP/1.1' }],
    ['GET /\\xc3\\xa9?\\xc3\\xa9 HTTP/1.1', { method: 'GET', path: '/é', query: 'é', protocol: 'HTTP/1.1' }],
    ['GET /\\xc3\\xa9?\\xe9 HTTP/1.1', { method: 'GET', path: '/Ã©', query: 'é', protocol: 'HTTP/1.1' }],
    ['GET /\\x00 HTTP/1.1', { method: 'GET', path: '/\0', protocol: 'HTTP/1.1' }],
  ];
  for (const [line, expected] of cases) {
    it(`reads ${JSON.stringify(line)}`, () => {
      assert.deepEqual(read(line), expected);
    });
  }

  it('loses no character of any request line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `GET ${text} HTTP/1.1`),
        ),
        (text) => {
          fc.pre(text !== '-');
          read(escapeLogItem(Buffer.from(text, 'latin1')));
          const bytes = Buffer.from(text, 'latin1').toString('latin1');
          const rebuilt =
            parts.request ??
            `${parts.method ?? ''} ${parts.path ?? ''}${parts.query === undefined ? '' : `?${parts.query}`}${parts.protocol === undefined ? '' : ` ${parts.protocol}`}`;
          assert.equal(rebuilt, bytes);
        },
      ),
    );
  });
});
