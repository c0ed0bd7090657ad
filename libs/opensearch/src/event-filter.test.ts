import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSluiceError } from '@sluice/errors';

import { buildQuery } from './event-filter.ts';

import type { EventFilter } from '@sluice/ports';

const conditionsOf = (filter: EventFilter): unknown[] => {
  const query = buildQuery(filter) as { bool: { filter: unknown[] } };
  return query.bool.filter;
};

for (const [field, value] of [['status', 'abc'], ['status', 99_999], ['status', 200.5], ['status', ' '], ['geo_asn', 'x'], ['is_bot', 'maybe'], ['ip_address', '10.0.0.0/8'], ['ip_address', 'shop'], ['status_class', 'x'], ['status_class', '2xx; DROP']] as const) {
  test(`${field} can never be ${JSON.stringify(value)}: nothing matches, and it is no error`, () => {
    assert.deepEqual(conditionsOf({ equals: { [field]: value } }), [{ match_none: {} }]);
  });
} // prettier-ignore

test('values are compared as what the field holds', () => {
  assert.deepEqual(conditionsOf({ equals: { status: '404', is_bot: 'true', threat_class: 'xss', ip_address: '2001:db8::1' } }), [
    { term: { status: { value: 404 } } },
    { term: { is_bot: { value: true } } },
    { term: { 'threats.class': { value: 'xss' } } },
    { term: { ip_address: { value: '2001:db8::1' } } },
  ]);
  assert.deepEqual(conditionsOf({ equals: { status_class: '5xx' } }), [{ range: { status: { gte: 500, lt: 600 } } }]);
});

test('a time that is none is a mistake of the caller', () => {
  assert.throws(() => buildQuery({ from: 'yesterday' }), (error) => isSluiceError(error, 'USAGE')); // prettier-ignore
});
