import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { endOfHost, endOfNumber, endOfQuoted, endOfText, endOfUser } from './find-end.ts';

describe('endOfQuoted', () => {
  it('is the first quote that is not escaped', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', 'a') });
    fc.assert(
      fc.property(text, (line) => {
        let expected = -1;
        for (let i = 0; i < line.length && expected < 0; i++) {
          if (line[i] === '\\') i++;
          else if (line[i] === '"') expected = i;
        }
        assert.equal(endOfQuoted(line, 0), expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not look at backslashes before its start', () => {
    assert.equal(endOfQuoted('\\"', 1), 1);
  });

  it('takes linear time on runs of escaped quotes and backslashes', () => {
    for (const line of ['\\"'.repeat(524_288), '\\'.repeat(1_048_575) + '"', '\\\\\\"'.repeat(262_144)]) {
      const start = performance.now();
      assert.equal(endOfQuoted(line, 0), -1);
      assert.ok(performance.now() - start < 500);
    }
  });
});

describe('endOfText', () => {
  it('stops at the literal, at the end for an empty one', () => {
    assert.equal(endOfText('a -> b', 0, ' -> '), 1);
    assert.equal(endOfText('a b', 0, ''), 3);
    assert.equal(endOfText('a b', 0, ';'), -1);
  });

  it('has no end behind an unescaped quote', () => {
    assert.equal(endOfText('a " b;', 0, ';'), -1);
    assert.equal(endOfText('a \\" b;', 0, ';'), 6);
    assert.equal(endOfText('a "', 0, ' "'), 1);
  });
});

describe('endOfUser', () => {
  const time = '[22/Nov/2026:13:55:36 +0000]';
  it('passes over what looks like the start of a time', () => {
    assert.equal(endOfUser(`x [y [z ${time} "`, 0, ' ', ' "'), 7);
    assert.equal(endOfUser(`- ${time} "`, 0, ' ', ' "'), 1);
    assert.equal(endOfUser(`"" ${time} "`, 0, ' ', ' "'), 2);
  });
  it('has no end without a time', () => {
    for (const line of ['john [x] "', '', '""', `a"b ${time} "`, `john ${time}"`]) assert.equal(endOfUser(line, 0, ' ', ' "'), -1, line);
  });
  it('takes linear time on a line full of brackets', () => {
    const start = performance.now();
    assert.equal(endOfUser(' ['.repeat(524_288), 0, ' ', ' "'), -1);
    assert.ok(performance.now() - start < 500);
  });
});

describe('endOfNumber and endOfHost', () => {
  it('stop at the first other character, and need one of their own', () => {
    assert.equal(endOfNumber('123 4', 0), 3);
    assert.equal(endOfNumber('-', 0), 1);
    assert.equal(endOfNumber('-0.5"', 0), 4);
    assert.equal(endOfNumber('x', 0), -1);
    assert.equal(endOfNumber('', 0), -1);
    assert.equal(endOfHost('a-b.c:443', 0), 5);
    assert.equal(endOfHost('[::1]:443', 0), 5);
    assert.equal(endOfHost(`[${':'.repeat(60)}]`, 0), -1);
    assert.equal(endOfHost('[', 0), -1);
  });
});
