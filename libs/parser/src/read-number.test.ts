import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { readCount, readDuration, readPort, readStatus } from './read-number.ts';

type Reader = (line: string, start: number, end: number) => number | null | undefined;
const read = (reader: Reader, text: string): number | null | undefined => reader(`9${text}9`, 1, 1 + text.length);

describe('numbers of a line', () => {
  it('count up to 2^53 - 1 and no further', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (value) => read(readCount, String(value)) === value));
    fc.assert(fc.property(fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }), (value) => read(readCount, String(value)) === undefined));
  });

  const cases: [Reader, string, number | null | undefined][] = [
    [readCount, '-', null],
    [readCount, '', undefined],
    [readCount, '-1', undefined],
    [readCount, '1.5', undefined],
    [readCount, '1e3', undefined],
    [readCount, '9'.repeat(100_000), undefined],
    [readPort, '65535', 65_535],
    [readPort, '65536', undefined],
    [readStatus, '100', 100],
    [readStatus, '999', 999],
    [readStatus, '-', null],
    [readStatus, '099', undefined],
    [readStatus, '20', undefined],
    [readStatus, '2000', undefined],
    [readStatus, '2x0', undefined],
    [readStatus, '---', undefined],
    [readDuration, '1500', 1500],
    [readDuration, '0.057', 0.057],
    [readDuration, '-', null],
    [readDuration, '-12', null],
    [readDuration, '-0.5', null],
    [readDuration, '1.', undefined],
    [readDuration, '.5', undefined],
    [readDuration, '1.2.3', undefined],
    [readDuration, '--1', undefined],
    [readDuration, '1-2', undefined],
  ];
  for (const [reader, text, expected] of cases) {
    it(`${reader.name} of '${text.slice(0, 20)}' is ${expected}`, () => {
      assert.equal(read(reader, text), expected);
    });
  }
});
