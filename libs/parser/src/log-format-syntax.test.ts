import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SluiceError } from '@sluice/errors';

import { compileLogFormat } from './compile-log-format.ts';
import { readFormatSource, tokenizeFormat } from './log-format-syntax.ts';

const words = (format: string): string[] => tokenizeFormat(format).map((token) => (token.kind === 'literal' ? `'${token.text}'` : token.text));

describe('tokenizeFormat', () => {
  const cases: [string, string[]][] = [
    ['%h %l', ['%h', "' '", '%l']],
    ['100%% %b', ["'100% '", '%b']],
    ['%!200,304{Referer}i', ['%!200,304{Referer}i']],
    ['%>s%<s', ['%>s', '%<s']],
    ['%{a b}i\\t\\"%r\\"\\\\', ['%{a b}i', `'\t"'`, '%r', `'"\\'`]],
    ['%^FB %{X}^ti', ['%^FB', "' '", '%{X}^ti']],
    ['%b\\n', ['%b']],
    ['%b \\r\\n', ['%b', "' '"]],
    ['\\q%b', ["'\\q'", '%b']],
  ];
  for (const [format, expected] of cases) {
    it(`splits ${JSON.stringify(format)}`, () => {
      assert.deepEqual(words(format), expected);
    });
  }
});

describe('readFormatSource', () => {
  const cases: [string, string, string | null][] = [
    ['%h %b', '%h %b', null],
    ['%h %b\n', '%h %b', null],
    ['"%r"', '"%r"', null],
    ['"%h \\"%r\\" %b"', '%h "%r" %b', null],
    ['LogFormat "%h \\"%r\\" %b" mine', '%h "%r" %b', 'mine'],
    ['  logformat\t\'%h "%r"\' other ', '%h "%r"', 'other'],
    ['LogFormat "%h \\\\t %b"', '%h \\t %b', null],
    ['CustomLog logs/access.log "%h %b"', '%h %b', null],
    ['CustomLog "logs/access log" combined env=!quiet', 'combined', null],
  ];
  for (const [text, format, name] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readFormatSource(text), { format, name });
    });
  }
});

describe('a format that cannot be compiled', () => {
  const cases: [string, number, RegExp][] = [
    ['%h %Z', 4, /%Z is not a directive/],
    ['%h %', 4, /never ends/],
    ['%{Referer', 2, /never closed/],
    ['%h %i', 4, /needs a name/],
    ['%{}i', 1, /argument/],
    ['%{fortnights}T', 1, /argument/],
    ['%{__proto__}T', 1, /argument/],
    ['%h%u', 3, /nothing separates %h from %u/],
    ['%b%D', 3, /nothing separates/],
    ['%{%Q}t', 1, /'%Q'/],
    ['plain text', 1, /no field/],
    ['', 1, /no field/],
    ['%h\\n%b', 1, /several lines/],
    ['LogFormat', 1, /no field/],
    ['LogFormat "%h', 14, /closing quote/],
    ['CustomLog only', 1, /names no format/],
    ['%h '.repeat(5000), 1, /more than/],
  ];
  for (const [format, column, problem] of cases) {
    it(`says where and what to do: ${JSON.stringify(format.slice(0, 30))}`, () => {
      assert.throws(
        () => compileLogFormat(format),
        (error) => {
          assert.ok(error instanceof SluiceError);
          assert.equal(error.code, 'LOG_FORMAT_INVALID');
          assert.match(error.message, problem);
          assert.equal(error.data['column'], column);
          assert.ok(error.message.includes(`column ${column}`));
          assert.ok(error.hint.length > 10);
          return true;
        },
      );
    });
  }
});
