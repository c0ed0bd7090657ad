import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';
import { encodeEvent } from '@sluice/event';
import { createLineParser } from '@sluice/parser';
import { clientWatchDefaults, createSecretMasker, truncateAddress, watchClients } from '@sluice/security';
import {
  buildDeadLetter,
  buildEnrichment,
  buildEvent,
  createManualClock,
  createMemoryStore,
  createRecordingLogger,
  createRecordingTelemetry,
} from '@sluice/testing';

import { createRecordDecoder } from './decode-record.ts';
import { createIndexing } from './pipeline.ts';

import type { FlaggedRequest } from './findings.ts';
import type { IndexingDeps } from './pipeline.ts';
import type { ClientAlert } from '@sluice/security';
import type { LogEvent } from '@sluice/event';
import type { IncomingRecord, OutgoingRecord, RecordBatch } from '@sluice/ports';

const retries = { attempts: 0, firstDelayMs: 1, maxDelayMs: 2 };
const breaker = { failureThreshold: 2, recoveryMs: 1 };

interface BuildOptions extends Partial<typeof retries> {
  keepLetters?: IndexingDeps['keepLetters'];
  masking?: IndexingDeps['masking'];
  clients?: IndexingDeps['clients'];
}

function build({ keepLetters, masking, clients, ...options }: BuildOptions = {}) {
  const store = createMemoryStore();
  const telemetry = createRecordingTelemetry();
  const logger = createRecordingLogger();
  const clock = createManualClock();
  const flagged: FlaggedRequest[] = [];
  const failures: string[] = [];
  const behaved: ClientAlert[] = [];
  const breakerStates: string[] = [];
  const indexing = createIndexing(
    { retry: { ...retries, ...options }, breaker },
    {
      store,
      decode: createRecordDecoder({ maxLineBytes: 65_536 }, createLineParser('auto')),
      onBreaker: (state) => breakerStates.push(state),
      keepLetters,
      masking,
      clients,
      telemetry,
      logger,
      clock,
      enricher: {
        enrich: (event, processedAt) => {
          const attack = event.path === '/attack';
          return buildEnrichment({
            processed_at: processedAt,
            is_bot: event.user_agent === 'bot',
            security_threat: attack,
            ...(attack && { threats: [{ rule: 'SQLI-001', class: 'sqli', severity: 'high', field: 'query', evidence: 'x' }] }),
            ...(event.user_agent === 'bot' && { bot: { name: 'bot', kind: 'search', claim: 'claimed' } }),
          });
        },
      },
      alerts: {
        behaved: (alerts) => void behaved.push(...alerts),
        flagged: (requests) => Promise.resolve(void flagged.push(...requests)),
        pipelineFailed: (message) => Promise.resolve(void failures.push(message)),
      },
    },
  );
  const processUntil = (signal: AbortSignal, ...records: IncomingRecord[]) =>
    indexing.processBatch({ records, readAtMs: clock.now() - 1500 } satisfies RecordBatch, { signal });
  const process = (...records: IncomingRecord[]) => processUntil(new AbortController().signal, ...records);
  return { store, telemetry, logger, flagged, failures, behaved, breakerStates, indexing, process, processUntil };
}

const event = (overrides: Partial<LogEvent> = {}): OutgoingRecord => ({ kind: 'event', event: buildEvent(overrides) });
const letter = (): OutgoingRecord => ({ kind: 'dead_letter', letter: buildDeadLetter() });

/** received = stored + duplicate + dead-lettered, once nothing is in flight. */
function assertConserved({ telemetry }: ReturnType<typeof build>): void {
  const ended =
    telemetry.total('recordsStored') +
    telemetry.total('recordsDuplicate') +
    telemetry.total('recordsDeadLettered') +
    telemetry.total('recordsDropped') +
    telemetry.total('recordsReturned');
  assert.equal(telemetry.total('recordsReceived'), ended);
}

test('a batch ends as stored events and dead letters, in one write', async () => {
  const it = build();
  await it.process(event({ path: '/a' }), letter(), event({ path: '/b' }));
  assert.deepEqual(it.store.storedEvents.map(({ path }) => path), ['/a', '/b']); // prettier-ignore
  assert.equal(it.store.storedLetters.length, 1);
  assert.equal(it.store.batches.length, 1);
  assert.equal(it.telemetry.total('recordsStored'), 2);
  assert.equal(it.telemetry.total('recordsDeadLettered', 'unparsable'), 1);
  assertConserved(it);
});

test('every event of a batch gets the same processing time, and latency is measured from the read', async () => {
  const it = build();
  await it.process(event(), event());
  assert.equal(new Set(it.store.storedEvents.map(({ processed_at }) => processed_at)).size, 1);
  assert.deepEqual(it.telemetry.calls.find(({ name }) => name === 'eventToStored')?.values, [1.5]);
});

test('what the store has already counts as duplicate, dead letters too', async () => {
  const it = build();
  const records = [event(), letter()];
  await it.process(...records);
  await it.process(...records);
  assert.equal(it.store.storedEvents.length, 1);
  assert.equal(it.telemetry.total('recordsDuplicate'), 2);
  assertConserved(it);
});

test('a document the store refuses becomes a dead letter with its reason; its neighbours are stored', async () => {
  const it = build();
  it.store.rejectWhere(({ event: { path } }) => (path === '/poison' ? 'number too large for status' : null));
  await it.process(event({ path: '/a' }), event({ path: '/poison' }), event({ path: '/b' }));
  assert.equal(it.store.storedEvents.length, 2);
  const [rejected] = it.store.storedLetters;
  assert.equal(rejected?.reason, 'rejected');
  assert.equal(rejected.message, 'number too large for status');
  assert.equal((JSON.parse(rejected.raw) as LogEvent).path, '/poison');
  assert.equal(it.telemetry.total('recordsDeadLettered', 'rejected'), 1);
  assertConserved(it);
});

test('secrets are gone before anything is stored: from events, their text, and dead letters', async () => {
  const it = build({ masking: { masker: createSecretMasker(), anonymise: truncateAddress } });
  it.store.rejectWhere(({ event: { path } }) => (path === '/poison' ? 'refused' : null));
  const encodedEvent = (overrides: Partial<LogEvent>, offset: string): IncomingRecord => ({
    kind: 'encoded',
    value: Buffer.from(encodeEvent(buildEvent(overrides))),
    origin: { topic: 'logs', partition: 0, offset },
  });
  await it.process(event({ path: '/poison', query: 'token=hunter2' }), encodedEvent({ ip_address: '203.0.113.9', query: 'password=hunter2' }, '1'), {
    kind: 'dead_letter',
    letter: buildDeadLetter({ raw: 'nonsense ?sid=hunter2' }),
  });
  assert.equal(it.store.batches[0]?.documents[1]?.encoded, undefined);
  assert.equal(it.store.storedEvents[0]?.ip_address, '203.0.113.0');
  assert.equal(it.store.storedLetters.length, 2);
  assert.doesNotMatch(JSON.stringify([it.store.storedEvents, it.store.storedLetters, it.store.batches]), /hunter2/);
});

test('what clients do over time is counted over batches, for what is newly stored only', async () => {
  const it = build({ clients: watchClients({ ...clientWatchDefaults, missingPages: 4 }) });
  const probes = (from: number, to: number): OutgoingRecord[] =>
    Array.from({ length: to - from }, (_, index) =>
      event({ event_id: `p${from + index}`, ip_address: '203.0.113.66', status: 404, path: `/x${from + index}` }),
    );
  await it.process(...probes(0, 3));
  await it.process(...probes(0, 3));
  assert.deepEqual(it.behaved, []);
  await it.process(...probes(3, 9), event({ ip_address: '203.0.113.67', status: 404 }));
  assert.deepEqual(it.behaved.map(({ kind, client }) => [kind, client]), [['scan', '203.0.113.66']]); // prettier-ignore
});

test('a store that is down is tried again until it takes the batch; then it is stored once', async () => {
  const it = build();
  it.store.failNext(new SluiceError('STORE_FULL', 'no space left', { hint: 'free some' }), 3);
  await it.process(event());
  assert.equal(it.store.storedEvents.length, 1);
  assert.equal(it.telemetry.total('storeRetry', 'STORE_FULL'), 3);
  assert.equal(it.telemetry.total('storeErrors', 'STORE_FULL'), 3);
  assert.deepEqual(it.failures, ['no space left', 'no space left', 'no space left']);
  assert.equal(it.indexing.storeFailure(), null);
  assert.ok(it.logger.messages('info').some((message) => message.includes('again')));
  assertConserved(it);
});

test('records of a topic are decoded: events, lines of other shippers, and what is neither', async () => {
  const it = build();
  const record = (value: string, offset: string): IncomingRecord => ({
    kind: 'encoded',
    value: Buffer.from(value),
    origin: { topic: 'web_logs', partition: 0, offset },
  });
  const ours = buildEvent({ path: '/ours' });
  await it.process(
    record(encodeEvent(ours), '1'),
    record('203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET /line HTTP/1.1" 200 5 "-" "-"', '2'),
    record('no line', '3'),
    record('\n', '4'),
  );
  assert.deepEqual(it.store.storedEvents.map(({ path, event_id }) => [path, event_id]), [['/ours', ours.event_id], ['/line', 'web_logs-0-2']]); // prettier-ignore
  assert.equal(it.store.storedLetters[0]?.event_id, 'web_logs-0-3');
  assert.equal(it.store.batches[0]?.documents[0]?.encoded, encodeEvent(ours));
  assert.equal(it.telemetry.total('recordsDropped', 'blank'), 1);
  assertConserved(it);
});

test('a store that keeps failing opens the breaker, and the first call that it takes closes it', async () => {
  const it = build();
  it.store.failNext(new SluiceError('STORE_UNAVAILABLE', 'busy'), 3);
  await Promise.all([it.process(event()), it.process(event())]);
  assert.equal(it.store.storedEvents.length, 2);
  assert.equal(it.breakerStates[0], 'open');
  assert.equal(it.breakerStates.at(-1), 'closed');
  assertConserved(it);
});

test('a store that is broken for good ends the batch at once and is reported as failed', async () => {
  const it = build();
  it.store.failNext(new SluiceError('STORE_CORRUPT', 'not a database'));
  await assert.rejects(it.process(event()), { code: 'STORE_CORRUPT' });
  assert.equal(it.indexing.storeFailure(), 'not a database');
  assert.equal(it.telemetry.total('storeErrors', 'STORE_CORRUPT'), 1);
  assert.equal(it.telemetry.total('recordsStored'), 0);
});

test('bounded retries end with the error of the store', async () => {
  const it = build({ attempts: 2 });
  it.store.failNext(new SluiceError('STORE_UNAVAILABLE', 'busy'), 10);
  await assert.rejects(it.process(event()), { code: 'STORE_UNAVAILABLE' });
  assert.equal(it.store.batches.length, 3);
  assert.equal(it.telemetry.total('storeErrors', 'STORE_UNAVAILABLE'), 3);
});

test('threats, bots and flagged addresses are counted for what is newly stored only', async () => {
  const it = build();
  const records = [
    event({ path: '/attack', ip_address: '203.0.113.5' }),
    event({ path: '/attack', ip_address: '203.0.113.5' }),
    event({ path: '/attack', ip_address: null, client_host: 'host.example' }),
    event({ user_agent: 'bot' }),
  ];
  await it.process(...records);
  await it.process(...records);
  assert.equal(it.telemetry.total('threats', 'sqli', 'high'), 3);
  assert.equal(it.telemetry.total('bots', 'search'), 1);
  assert.deepEqual(it.flagged.map(({ client }) => client), ['203.0.113.5', '203.0.113.5', 'host.example']); // prettier-ignore
});

test('letters that are kept elsewhere are kept once, after their documents, the refused ones among them', async () => {
  const kept: string[] = [];
  const it = build({
    keepLetters: (letters) => {
      assert.equal(it.store.storedEvents.length, 2, 'the documents are stored by then');
      kept.push(...letters.map(({ reason }) => reason));
      return Promise.resolve();
    },
  });
  it.store.rejectWhere(({ event: { path } }) => (path === '/poison' ? 'too large' : null));
  it.store.failNext(new SluiceError('STORE_UNAVAILABLE', 'busy'), 1);
  await it.process(event({ path: '/a' }), letter(), event({ path: '/poison' }), event({ path: '/b' }));
  assert.deepEqual(kept, ['unparsable', 'rejected']);
  assert.equal(it.store.storedLetters.length, 0);
  assert.equal(it.telemetry.total('recordsDeadLettered'), 2);
  assertConserved(it);
});

test('letters that cannot be kept are no failure of the store, and give up with their batch', async () => {
  const it = build({
    keepLetters: (_letters, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('no longer wanted')));
      }),
  });
  const revoked = new AbortController();
  const waiting = it.processUntil(revoked.signal, letter());
  await it.process(event());
  assert.equal(it.store.storedEvents.length, 1, 'other batches go on');
  assert.deepEqual(it.breakerStates, []);
  revoked.abort();
  await assert.rejects(waiting, /no longer wanted/);
  assert.equal(it.indexing.storeFailure(), null);
  assert.equal(it.telemetry.total('recordsReturned'), 1);
  assertConserved(it);
});

test('a batch that is no longer wanted leaves no failure of the store behind', async () => {
  const it = build({ firstDelayMs: 60_000, maxDelayMs: 60_000 });
  it.store.failNext(new SluiceError('STORE_UNAVAILABLE', 'busy'), 1);
  const revoked = new AbortController();
  const waiting = it.processUntil(revoked.signal, event());
  while (it.indexing.storeFailure() === null) await new Promise(setImmediate);
  assert.match(it.indexing.storeFailure() ?? '', /busy/);
  revoked.abort(new Error('the group rebalances'));
  await assert.rejects(waiting);
  assert.equal(it.indexing.storeFailure(), null);
});
