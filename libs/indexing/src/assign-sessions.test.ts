import { buildDocument, createFakeSharedState, createManualClock } from '@sluice/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSessionAssigner } from './assign-sessions.ts';

import type { LogEvent } from '@sluice/event';
import type { SharedState, StoreDocument, Visit } from '@sluice/ports';

function setUp() {
  const calls: Visit[][] = [];
  const state = createFakeSharedState(createManualClock());
  const counted: Pick<SharedState, 'sessions'> = {
    sessions: (visits, idleSeconds) => {
      calls.push([...visits]);
      return state.sessions(visits, idleSeconds);
    },
  };
  return { calls, assign: createSessionAssigner({ idleSeconds: 60 }, { state: counted }) };
}

const at = (second: number, event: Partial<LogEvent> = {}): StoreDocument =>
  buildDocument({ timestamp: new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString(), ip_address: '203.0.113.1', user_agent: 'a', ...event });

const idsOf = (documents: readonly StoreDocument[]): (string | undefined)[] => documents.map(({ enrichment }) => enrichment.session_id);

test('gives one id to the requests of a client until it has made none for the idle time, by one question per batch', async () => {
  const { assign, calls } = setUp();
  const documents = [at(0), at(50), at(110), at(171)];
  await assign(documents);
  const [first, ...others] = idsOf(documents);
  assert.match(first ?? '', /^[\w-]{16}$/);
  assert.deepEqual(others.slice(0, 2), [first, first]);
  assert.notEqual(others[2], first);
  const next = [at(180)];
  await assign(next);
  assert.deepEqual(idsOf(next), [others[2]]);
  assert.equal(calls.length, 2);
});

test('tells clients apart by address or host, and by user agent', async () => {
  const { assign } = setUp();
  const documents = [
    at(0),
    at(0, { user_agent: 'b' }),
    at(0, { ip_address: '203.0.113.2' }),
    at(0, { user_agent: null }),
    at(0, { ip_address: null, client_host: 'client.example' }),
  ];
  await assign(documents);
  assert.equal(new Set(idsOf(documents)).size, documents.length);
});

test('gives none without a time or a client, and asks nothing where there is nothing to ask', async () => {
  const { assign, calls } = setUp();
  const documents = [at(0, { timestamp: null }), at(0, { ip_address: null })];
  await assign(documents);
  await assign([]);
  assert.deepEqual(idsOf(documents), [undefined, undefined]);
  assert.equal(calls.length, 0);
});

test('gives the events of a session the same id when they are delivered again, in any order', async () => {
  const { assign } = setUp();
  const documents = [at(0), at(30), at(50)];
  await assign(documents);
  const again = [at(50), at(0), at(30)];
  await assign(again);
  assert.deepEqual(new Set(idsOf(again)), new Set(idsOf(documents)));
  assert.equal(new Set(idsOf(again)).size, 1);
});

test('hands on keys of one length that name no client, however long the user agent is', async () => {
  const { assign, calls } = setUp();
  await assign([at(0, { user_agent: 'x'.repeat(60_000) }), at(0)]);
  for (const { key } of calls[0] ?? []) assert.match(key, /^[\w-]{16}$/);
});
