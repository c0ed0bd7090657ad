import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { clientWatchDefaults, watchClients } from './watch-clients.ts';

import type { ClientRequest } from './watch-clients.ts';

const start = Date.UTC(2025, 10, 25);
const requestAt = (seconds: number, overrides: Partial<ClientRequest> = {}): ClientRequest => ({
  client: '203.0.113.9',
  atMs: start + seconds * 1000,
  method: 'GET',
  path: '/',
  status: 200,
  flagged: false,
  ...overrides,
});
const kindsOf = (requests: readonly ClientRequest[], overrides = {}): string[] => {
  const watch = watchClients({ ...clientWatchDefaults, ...overrides });
  return requests.flatMap((request) => watch.observe(request).map((alert) => alert.kind));
};
const many = (count: number, make: (index: number) => ClientRequest): ClientRequest[] => Array.from({ length: count }, (_, index) => make(index));

describe('a client raises an alert', () => {
  test('by asking for many pages that are not there', () => {
    assert.deepEqual(kindsOf(many(60, (index) => requestAt(index, { path: `/x${index}`, status: 404 }))), ['scan']);
  });

  test('by failing to log in again and again', () => {
    assert.deepEqual(kindsOf(many(30, (index) => requestAt(index, { method: 'POST', path: '/wp-login.php' }))), ['brute-force']);
    assert.deepEqual(kindsOf(many(30, (index) => requestAt(index, { path: '/private', status: 401 }))), ['brute-force']);
  });

  test('by attack after attack, once a window', () => {
    assert.deepEqual(kindsOf(many(400, (index) => requestAt(index, { flagged: true }))), ['attack', 'attack']);
  });

  test('by a flood', () => {
    assert.deepEqual(
      kindsOf(
        many(200, (index) => requestAt(index / 100)),
        { requests: 100 },
      ),
      ['flood'],
    );
  });
});

describe('a client raises none', () => {
  test('by asking for the same missing page many times', () => {
    assert.deepEqual(kindsOf(many(300, (index) => requestAt(index, { path: '/favicon.ico', status: 404 }))), []);
  });

  test('by doing slowly what is fine slowly', () => {
    assert.deepEqual(kindsOf(many(100, (index) => requestAt(index * 60, { method: 'POST', path: '/login' }))), []);
    assert.deepEqual(kindsOf(many(100, (index) => requestAt(index * 60, { flagged: true }))), []);
  });

  test('by what others do', () => {
    assert.deepEqual(kindsOf(many(100, (index) => requestAt(index, { client: `198.51.100.${index}`, flagged: true }))), []);
  });

  test('of a kind that is switched off', () => {
    assert.deepEqual(
      kindsOf(
        many(400, (index) => requestAt(index, { flagged: true })),
        { flaggedRequests: 0 },
      ),
      [],
    );
  });
});

test('memory is bounded whatever the number of clients, and a client that comes back starts anew', () => {
  const watch = watchClients({ ...clientWatchDefaults, clients: 100 });
  for (let index = 0; index < 9; index++) assert.deepEqual(watch.observe(requestAt(index, { flagged: true })), []);
  for (let index = 0; index < 100_000; index++) watch.observe(requestAt(10, { client: `c${index}`, flagged: true }));
  assert.equal(watch.watched, 100);
  assert.deepEqual(watch.observe(requestAt(11, { flagged: true })), []);
});

test('times that go back do no harm', () => {
  const watch = watchClients({ ...clientWatchDefaults, flaggedRequests: 3 });
  const alerts = [50, 10, 40, 0, 60].flatMap((seconds) => watch.observe(requestAt(seconds, { flagged: true })));
  assert.deepEqual(
    alerts.map((alert) => alert.kind),
    ['attack'],
  );
});
