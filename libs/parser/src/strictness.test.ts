/**
 * 20,000 valid lines, odd ones among them, of which none may be refused, and 20,000 broken ones, of which none may be taken.
 * The same kinds of breakage as in the comparison with other tools.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createRandom } from '@sluice/testing';

import { compileLogFormat } from './compile-log-format.ts';
import { createLineParser } from './create-line-parser.ts';
import { LineRefusal } from './line-parser.ts';
import { escapeLogItem, renderClfTime } from './testing/render-apache.ts';

import type { Random } from '@sluice/testing';

const lineCount = 20_000;

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

const render = (f: Fields): string => `${f.client} - ${f.user} ${f.time} "${f.request}" ${f.status} ${f.bytes} "${f.referer}" "${f.agent}"`;

const oddClients = ['::1', '2001:db8::dead:beef', '::ffff:192.0.2.7', 'dsl-12.client.example', 'localhost', 'fe80::1%eth0'];
const oddUsers = ['John Public', 'zo\\xc3\\xab', 'mail@example.org', '""', 'a [b', 'DOMAIN\\\\user', 'x\\"y'];
const oddRequests = [
  '-', '', 'GET /', 'GET /with blank HTTP/1.1', '\\x16\\x03\\x01\\x02', '\\x16 \\x03 x', 'CONNECT example.org:443 HTTP/1.1', 'GET http://example.org/ HTTP/1.0', 'OPTIONS * HTTP/1.0',
  'GET /\\"quoted\\"?a=\\\\ HTTP/1.1', 'GET /caf\\xe9 HTTP/1.1', 'PRI * HTTP/2.0', 'GET / HTTP/3', 'SSH-2.0-OpenSSH_9.2', 'GET /${jndi:ldap://x}/ HTTP/1.1',
]; // prettier-ignore
const oddTexts = ['', '\\"', '\\\\', 'a \\"b\\" c', '\xc3\xa9', '\xe9', '\\xf0\\x9f\\x98\\x80', 'x -> y', "() { :;}; echo '", '\0', '-'];

function createFields(random: Random): Fields {
  const oddly = (ordinary: string, odd: readonly string[]): string => (random.next() < 0.05 ? random.pick(odd) : ordinary);
  const version = random.pick(['1.0', '1.1', '2.0']);
  return {
    client: oddly(`${random.int(256)}.${random.int(256)}.${random.int(256)}.${random.int(256)}`, oddClients),
    user: oddly(random.next() < 0.9 ? '-' : 'frank', oddUsers),
    time: renderClfTime(1_790_000_000 + random.int(50_000_000), random.pick([0, 60, -300, 330])),
    request: oddly(
      `${random.pick(['GET', 'POST', 'HEAD'])} /p/${random.int(5000)}${random.next() < 0.3 ? `?q=${random.int(900)}` : ''} HTTP/${version}`,
      oddRequests,
    ),
    status: oddly(String(random.pick([200, 206, 301, 304, 404, 500])), ['-', '999', '100', '444']),
    bytes: oddly(String(random.int(1_000_000)), ['-', '0', '9007199254740991']),
    referer: oddly(random.next() < 0.5 ? '-' : `https://www.example.com/${random.int(500)}`, oddTexts),
    agent: oddly(`Mozilla/5.0 (X11; Linux x86_64) Example/${random.int(200)}.0`, [
      ...oddTexts,
      escapeLogItem(Buffer.from([0, 1, 27, 34, 92, 200, 255])),
    ]),
  };
}

const badTimes = ['[30/Feb/2026:10:00:00 +0000]', '[01/Foo/2026:10:00:00 +0000]', '[01/Jan/2026:25:00:00 +0000]', '[01/Jan/2026:10:61:00 +0000]', '[2026-01-01T10:00:00Z]', '[01/Jan/2026:10:00:00]', '01/Jan/2026:10:00:00 +0000']; // prettier-ignore
const badStatuses = ['20', '2000', '099', 'OK', '2x0', '+200', '20.', ''];
const garbage = ['lorem ipsum dolor sit amet', '\x00\x01\x02\xff\xfe', '{"not":"a log line"}', '127.0.0.1', '=====', '"""" "" ""', ': - [ ] "', '192.0.2.1 - - [] "" 200 0 "" ""']; // prettier-ignore

/** An eighth each: cut, empty, garbage, no time, bad time, bad status, no closing quote, error log. */
function breakLine(kind: number, random: Random): string {
  const fields = createFields(random);
  switch (kind) {
    case 0: {
      const whole = render(fields);
      return whole.slice(0, random.int(whole.length - 1));
    }
    case 1:
      return random.pick(['', ' ', '\t', '\r', '    ']);
    case 2:
      return random.pick(garbage);
    case 3:
      return render(fields).replace(`${fields.time} `, '');
    case 4:
      return render({ ...fields, time: random.pick(badTimes) });
    case 5:
      return render({ ...fields, status: random.pick(badStatuses) });
    case 6:
      return render(fields).slice(0, -1);
    default:
      return `[Sun Nov 22 13:55:36.123456 2026] [${random.pick(['core', 'ssl', 'proxy'])}:error] [pid ${random.int(9999)}] [client ${fields.client}:443] AH00128: File does not exist: /var/www/x`;
  }
}

describe('strictness of combined', () => {
  const parsers = [compileLogFormat('combined'), createLineParser('auto')];

  it(`refuses none of ${lineCount} valid lines`, () => {
    const random = createRandom(1);
    for (let i = 0; i < lineCount; i++) {
      const line = render(createFields(random));
      for (const parser of parsers) {
        const result = parser.parse(line);
        if (result instanceof LineRefusal) assert.fail(`${parser.name}: ${result.message}\n${JSON.stringify(line)}`);
      }
    }
  });

  it(`takes none of ${lineCount} broken lines`, () => {
    const random = createRandom(2);
    for (let i = 0; i < lineCount; i++) {
      const line = breakLine(i % 8, random);
      const parser = parsers[0]!;
      const result = parser.parse(line);
      if (!(result instanceof LineRefusal)) assert.fail(`taken (${i % 8}): ${JSON.stringify(line)}\n${JSON.stringify(result)}`);
    }
  });

  it('takes of the broken lines, with a guessed format, only cuts that are whole common lines', () => {
    const random = createRandom(3);
    const common = compileLogFormat('common');
    for (let i = 0; i < lineCount; i++) {
      const line = breakLine(i % 8, random);
      const result = parsers[1]!.parse(line);
      if (!(result instanceof LineRefusal))
        assert.ok(i % 8 === 0 && !(common.parse(line) instanceof LineRefusal), `taken (${i % 8}): ${JSON.stringify(line)}`);
    }
  });
});
