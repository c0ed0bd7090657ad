import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileTimeFormat } from './strftime.ts';
import { TimeParts } from './time-parts.ts';

/** Reads the text by one or several formats in a row. */
function read(formats: string | string[], text: string): string | null | undefined {
  const parts = new TimeParts();
  let at = 0;
  const list = typeof formats === 'string' ? [formats] : formats;
  list.forEach((format, index) => {
    const step = compileTimeFormat(format, (list[index + 1] ?? '').endsWith('_frac'));
    assert.ok(typeof step !== 'string', `unsupported ${String(step)}`);
    at = at < 0 ? -1 : step(text, at, parts);
  });
  return at === text.length ? parts.toIso() : undefined;
}

describe('time formats', () => {
  const cases: [string | string[], string, string | null | undefined][] = [
    ['%Y-%m-%dT%H:%M:%S%z', '2026-11-22T13:55:36+0100', '2026-11-22T12:55:36Z'],
    ['%Y-%m-%dT%H:%M:%S%z', '2026-11-22T13:55:36-05:30', '2026-11-22T19:25:36Z'],
    ['%FT%TZ', '2026-11-22T13:55:36Z', '2026-11-22T13:55:36Z'],
    ['%F %T', '2026-11-22 13:55:36', '2026-11-22T13:55:36Z'],
    ['%d/%b/%Y:%T %Z', '22/Nov/2026:13:55:36 CET', '2026-11-22T12:55:36Z'],
    ['%d/%b/%Y:%T %Z', '22/Nov/2026:13:55:36 CEST', '2026-11-22T11:55:36Z'],
    ['%d/%b/%Y:%T %Z', '22/Nov/2026:13:55:36 XYZ', undefined],
    ['%c', 'Sun Nov 22 13:55:36 2026', '2026-11-22T13:55:36Z'],
    ['%c', 'Mon Nov  2 13:55:36 2026', '2026-11-02T13:55:36Z'],
    ['%A, %d %B %Y %I:%M:%S %p', 'Sunday, 22 November 2026 01:55:36 PM', '2026-11-22T13:55:36Z'],
    ['%F %r', '2026-11-22 12:00:00 AM', '2026-11-22T00:00:00Z'],
    ['%F %r', '2026-11-22 12:00:00 PM', '2026-11-22T12:00:00Z'],
    ['%F %r', '2026-11-22 13:00:00 PM', undefined],
    ['%F %r', '2026-11-22 00:00:00 AM', undefined],
    ['%D %R', '11/22/26 13:55', '2026-11-22T13:55:00Z'],
    ['%y%m%d %H%M%S', '690101 000000', '1969-01-01T00:00:00Z'],
    ['%C%y-%j %T', '2024-366 00:00:00', '2024-12-31T00:00:00Z'],
    ['%Y-%j %T', '2023-366 00:00:00', undefined],
    ['%e %b %Y %k:%M', ' 2 Nov 2026  3:05', '2026-11-02T03:05:00Z'],
    ['%G-W%V-%u %s', '2026-W47-7 1795355736', '2026-11-22T13:55:36Z'],
    ['%%%Y%t%m%n%d %H', '%2026\t11\n22 13', '2026-11-22T13:00:00Z'],
    ['%EY-%Om-%Od %OH', '2026-11-22 13', '2026-11-22T13:00:00Z'],
    ['sec', '1795355736', '2026-11-22T13:55:36Z'],
    ['sec', '0', '1970-01-01T00:00:00Z'],
    ['msec', '1795355736123', '2026-11-22T13:55:36.123Z'],
    ['usec', '1795355736123456', '2026-11-22T13:55:36.123456Z'],
    ['msec', '5', '1970-01-01T00:00:00.005Z'],
    [['sec', 'msec_frac'], '1795355736123', '2026-11-22T13:55:36.123Z'],
    [['%d/%b/%Y %T.', 'msec_frac', ' %z'], '22/Nov/2026 13:55:36.042 +0100', '2026-11-22T12:55:36.042Z'],
    [['[%d/%b/%Y:%H:%M:%S %z]', ' ', 'usec_frac'], '[22/Nov/2026:13:55:36 +0000] 000042', '2026-11-22T13:55:36.000042Z'],
    [['%F %T', '.', 'usec_frac', '/', 'msec_frac'], '2026-11-22 13:55:36.123456/123', '2026-11-22T13:55:36.123456Z'],
    ['%F %T', '2026-02-29 00:00:00', undefined],
    ['%F %T', '2026-01-01 24:00:00', undefined],
    ['%F %T', '2026-13-01 00:00:00', undefined],
    ['%H:%M', '13:55', null],
    ['%F', '2026-11-22', null],
    ['%a', 'Foo', undefined],
    ['%b', 'NOV', undefined],
    ['sec', '', undefined],
    ['sec', 'x', undefined],
    ['usec_frac', '12345', undefined],
  ];
  for (const [formats, text, expected] of cases) {
    it(`${JSON.stringify(formats)} reads ${JSON.stringify(text)} as ${expected}`, () => {
      assert.equal(read(formats, text), expected);
    });
  }

  it('names the conversion that is not supported', () => {
    assert.equal(compileTimeFormat('%Y %Q', false), '%Q');
    assert.equal(compileTimeFormat('%', false), '%');
  });

  it('forgets the line before', () => {
    const parts = new TimeParts();
    const step = compileTimeFormat('usec', false);
    assert.ok(typeof step !== 'string');
    step('1795355736123456', 0, parts);
    assert.equal(parts.toIso(), '2026-11-22T13:55:36.123456Z');
    parts.reset();
    assert.equal(parts.toIso(), null);
  });
});
