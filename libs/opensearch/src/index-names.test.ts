import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock } from '@sluice/testing';
import fc from 'fast-check';

import { createIndexNames } from './index-names.ts';

const day = 86_400_000;
const namesOf = (period: 'daily' | 'monthly' | 'none', clock = createManualClock(Date.UTC(2026, 10, 22, 12))) =>
  createIndexNames('web', period, clock);

test('an event goes to the index of its own day, month, or the one for all', () => {
  const time = '2026-11-21T23:59:59.999Z';
  assert.equal(namesOf('daily').ofTime(time), 'web-2026.11.21');
  assert.equal(namesOf('monthly').ofTime(time), 'web-2026.11');
  assert.equal(namesOf('none').ofTime(time), 'web-all');
  assert.equal(namesOf('none').ofTime(null), 'web-all');
});

for (const time of [null, '', 'yesterday', '1989-12-31T00:00:00Z', '2026-02-31T00:00:00Z', '2026-11-25T00:00:00Z', '9999-01-01T00:00:00Z', '+12026-01-01T00:00:00Z', '../../x', '2026-1-1']) {
  test(`a time that is ${JSON.stringify(time)} names no index of its own`, () => {
    assert.equal(namesOf('daily').ofTime(time), 'web-undated');
    assert.equal(namesOf('monthly').ofTime(time), 'web-undated');
  });
} // prettier-ignore

test('two days ahead are taken for a clock that differs', () => {
  assert.equal(namesOf('daily').ofTime('2026-11-24T00:00:00Z'), 'web-2026.11.24');
});

test('an event goes to the same index again, however far the clock is by then', () => {
  const clock = createManualClock(Date.UTC(2026, 10, 22));
  const names = namesOf('daily', clock);
  assert.equal(names.ofTime('2026-12-24T00:00:00Z'), 'web-undated');
  clock.advance(60 * day);
  assert.equal(names.ofTime('2026-12-24T00:00:00Z'), 'web-undated');
});

test('times of any text make few and valid names', () => {
  const names = namesOf('daily');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map((date) => date.toISOString())), (time) => {
      assert.match(names.ofTime(time), /^web-(undated|(19|20)\d\d\.\d\d\.\d\d)$/);
    }),
    { numRuns: 2000 },
  ); // prettier-ignore
});

test('an index ends with its day or month; a name that is not exactly ours never does', () => {
  const names = namesOf('daily');
  assert.equal(names.endOf('web-2026.11.22'), Date.UTC(2026, 10, 23));
  assert.equal(names.endOf('web-2026.12.31'), Date.UTC(2027, 0, 1));
  assert.equal(names.endOf('web-2026.12'), Date.UTC(2027, 0, 1));
  for (const name of ['web-undated', 'web-all', 'web', 'web-2026.11.22-copy', 'web-2026.11.22.1', 'web-2026', 'web-2026.13', 'web-2026.02.30', 'web-1970.01.01', 'web-other-2026.11.22', 'shop-2026.11.22', 'web-2026.11.2']) {
    assert.equal(names.endOf(name), null, name);
  } // prettier-ignore
});

test('every name an event can get matches a pattern of the template', () => {
  for (const period of ['daily', 'monthly', 'none'] as const) {
    const names = namesOf(period);
    for (const time of ['1990-01-01T00:00:00Z', '2026-11-22T00:00:00Z', null]) {
      const index = names.ofTime(time);
      assert.ok(names.patterns.some((pattern) => (pattern.endsWith('*') ? index.startsWith(pattern.slice(0, -1)) : index === pattern)), index); // prettier-ignore
    }
  }
});
