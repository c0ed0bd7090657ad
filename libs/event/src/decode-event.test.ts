import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { decodeEvent } from './decode-event.ts';
import { logEventSchema } from './event-schema.ts';

const required = { event_id: 'a-1-b', source: 'web-1', log_file: '/var/log/access.log', log_offset: 0 };

/** Values that are right for a field, and neighbours that are not. */
const oddities = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'x',
    -1,
    0,
    1.5,
    70_000,
    1000,
    2 ** 53,
    1e300,
    Number.POSITIVE_INFINITY,
    [],
    {},
    ['a'],
    { a: 1 },
    { a: null },
    { a: [] },
  ),
  fc.constantFrom(
    '2026-11-22T13:55:36Z',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T13:55:36.1234567Z',
    '2026-11-22',
    '2026-11-22T13:55:36+01:00',
  ),
  fc.constantFrom('x'.repeat(256), 'x'.repeat(257)),
);
const names = Object.keys((logEventSchema as unknown as { shape: object }).shape);
const name = fc.constantFrom(...names, 'unknown', '__proto__', 'constructor', 'toString');

/** As `JSON.parse` makes it: with `__proto__` as a field like any other. */
function objectOf(fields: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = { ...required };
  for (const [key, value] of fields) Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  return object;
}

test('decoding accepts and gives exactly what the schema does', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, oddities), { maxLength: 5 }), (fields) => {
      const expected = logEventSchema.safeParse(objectOf(fields));
      // Twice: whether the day has been seen makes no difference.
      for (let round = 0; round < 2; round++) {
        const decoded = decodeEvent(objectOf(fields));
        if (expected.success) assert.deepEqual(decoded, { event: expected.data });
        else assert.ok('problem' in decoded, JSON.stringify(fields));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a day that does not exist is refused, however often it comes', () => {
  decodeEvent({ ...required, timestamp: '2026-02-28T00:00:00Z' });
  for (const timestamp of ['2026-02-30T00:00:00Z', '2026-02-30T00:00:00Z']) assert.ok('problem' in decodeEvent({ ...required, timestamp }));
});

test('what is no object is no event', () => {
  for (const value of [null, undefined, 1, 'x', [], [required], true]) assert.ok('problem' in decodeEvent(value));
});
