/**
 * No line of any bytes makes a parser throw, or take more than linear time.
 */
import { describe, it } from 'node:test';
import assert from 'node:assert/strict';

import fc from 'fast-check';

import { compileLogFormat } from './compile-log-format.ts';
import { createLineParser } from './create-line-parser.ts';
import { LineRefusal } from './line-parser.ts';

const formats = [
  'combined',
  'vhost_combined',
  'referer',
  'agent',
  'json',
  '%h %l %u %{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t "%m %U%q %H" %>s %B %D %T %{X}i "%{Y}i" %X %k%X',
  '%a:%{remote}p %v:%p %r %s %{usec}t',
  '{"t":"%t","u":"%u","r":"%r","q":"%q","x":"%{X}i"}',
];
const parsers = [...formats, 'auto'].map(createLineParser);

const sample = '192.0.2.1 - me [22/Nov/2026:13:55:36 +0000] "GET /a?b HTTP/1.1" 200 5 "https://a.example/" "Mozilla/5.0"';
const sampleJson = '{"time":"22/Nov/2026:13:55:36 +0000","ip":"::1","request":"GET / HTTP/1.1","status":200,"x":{"y":[1]}}';

function check(line: string): void {
  for (const parser of parsers) {
    const result = parser.parse(line);
    if (result instanceof LineRefusal) {
      assert.match(result.message, /^[\x20-\x7e]{1,200}$/);
      assert.ok(result.column >= 1 && result.column <= line.length + 1);
    } else if (result.timestamp !== null) {
      assert.ok(!Number.isNaN(Date.parse(result.timestamp)));
    }
  }
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('hostile lines', () => {
  it('never make a parser throw: random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { check(latin1(bytes)); }), { numRuns: 1000 }); // prettier-ignore
  });

  it('never make a parser throw: pieces of lines in any order', () => {
    const part = fc.constantFrom(
      '"',
      '\\',
      ' ',
      '[',
      ']',
      '-',
      '[22/Nov/2026:13:55:36 +0000]',
      '"GET / HTTP/1.1"',
      '200',
      '::1',
      ':',
      '\\x',
      '\\x4',
      '{',
      '}',
      '"time":',
      '\0',
      '\r',
      '\xff',
    );
    fc.assert(fc.property(fc.array(part, { maxLength: 40 }), (parts) => { check(parts.join('')); }), { numRuns: 2000 }); // prettier-ignore
  });

  it('never make a parser throw: one or two bytes of a good line changed, taken out, doubled, or the line cut', () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom('set', 'drop', 'double', 'cut'), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(sample, sampleJson), fc.array(change, { minLength: 1, maxLength: 2 }), (line, changes) => {
        let text = line;
        for (const [place, kind, byte] of changes) {
          const at = place % (text.length + 1);
          const middle = kind === 'set' ? String.fromCharCode(byte) : kind === 'double' ? text.slice(at, at + 1).repeat(2) : '';
          text = text.slice(0, at) + middle + (kind === 'cut' ? '' : text.slice(at + 1));
        }
        check(text);
      }),
      { numRuns: 3000 },
    );
  });

  const mebibyte = 1_048_576;
  const long: Record<string, string> = {
    quotes: '"'.repeat(mebibyte),
    'escaped quotes': `${sample.slice(0, -1)}${'\\"'.repeat(mebibyte / 2)}`,
    backslashes: `${sample.slice(0, -1)}${'\\'.repeat(mebibyte)}`,
    blanks: ' '.repeat(mebibyte),
    brackets: `192.0.2.1 - ${'x ['.repeat(mebibyte / 3)}`,
    'times without end': `192.0.2.1 - x${' [22/Nov/2026:13:55:36 +0000]'.repeat(36_000)}`,
    digits: `${sample.slice(0, sample.indexOf(' 200 5') + 5)}${'9'.repeat(mebibyte)} "-" "-"`,
    protocols: `::1 ${'GET / HTTP/1'.repeat(80_000)}`,
    colons: ':'.repeat(mebibyte),
    'nested JSON': '{"a":'.repeat(mebibyte / 5),
    'nested arrays': `{"time":"2026-11-22T13:55:36Z","path":"/","a":${'['.repeat(mebibyte / 2)}${']'.repeat(mebibyte / 2)}}`,
    'JSON of bad escapes': `{"a":"${'\\x41'.repeat(mebibyte / 4)}"}`,
    'JSON of many keys': `{"time":"2026-11-22T13:55:36Z","path":"/"${Array.from({ length: 60_000 }, (_, index) => `,"k${index}":1`).join('')}}`,
    escapes: `192.0.2.1 - - [22/Nov/2026:13:55:36 +0000] "GET /${'\\xc3\\xa9'.repeat(130_000)} HTTP/1.1" 200 5 "-" "-"`,
  };
  for (const [title, line] of Object.entries(long)) {
    it(`cost linear time: 1 MiB of ${title}`, () => {
      const start = process.cpuUsage();
      check(line);
      const { user, system } = process.cpuUsage(start);
      // Fifteen formats take some 100 ms; anything quadratic takes minutes.
      assert.ok(user + system < 4_000_000, `${(user + system) / 1000} ms`);
    });
  }

  it('of one format share no state with another parser of it', () => {
    const [first, second] = [compileLogFormat('combined'), compileLogFormat('combined')];
    const expected = first.parse(sample);
    second.parse(sample.replace('GET /a?b HTTP/1.1', '\\x16'));
    assert.deepEqual(first.parse(sample), expected);
  });
});
