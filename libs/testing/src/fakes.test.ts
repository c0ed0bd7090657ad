import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { buildDeadLetter, buildDocument, buildEvent } from './build-event.ts';
import { createFakePublisher } from './fake-publisher.ts';
import { createMemoryStore } from './memory-store.ts';
import { createRecordingTelemetry } from './recording-telemetry.ts';
import { runProcess, spawnProcess } from './spawn-process.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor, waitForCount } from './wait-for.ts';

import type { OutgoingRecord } from '@sluice/ports';

const record = (): OutgoingRecord => ({ kind: 'event', event: buildEvent() });

test('a manual publisher acknowledges in order, fails on demand and gives up with the signal', async () => {
  const publisher = createFakePublisher();
  publisher.setMode('manual');
  const abort = new AbortController();
  const [first, second, third] = [record(), record(), record()];
  const one = publisher.publish([first], { readAtMs: 0 });
  const two = publisher.publish([second], { readAtMs: 0 });
  const three = publisher.publish([third], { readAtMs: 0, signal: abort.signal });
  abort.abort(new Error('stopped'));
  await assert.rejects(three, /stopped/);
  publisher.acknowledge();
  await one;
  publisher.reject(new Error('lost'));
  await assert.rejects(two, /lost/);
  assert.deepEqual(publisher.acknowledged, [first]);
  publisher.setMode('auto');
  publisher.failNext(new Error('once'));
  await assert.rejects(publisher.publish([second], { readAtMs: 0 }), /once/);
  await publisher.publish([second], { readAtMs: 0 });
  assert.deepEqual(publisher.acknowledged, [first, second]);
  assert.deepEqual(publisher.calls.map((call) => call.state), ['acknowledged', 'failed', 'failed', 'failed', 'acknowledged']); // prettier-ignore
});

test('the memory store keeps an id once, within a batch and across batches', async () => {
  const store = createMemoryStore();
  const document = buildDocument({ timestamp: '2026-11-22T10:00:00Z' });
  const letter = buildDeadLetter();
  const first = await store.write({ documents: [document, document], deadLetters: [letter] });
  assert.deepEqual(first.documents.map((outcome) => outcome.kind), ['stored', 'duplicate']); // prettier-ignore
  const again = await store.write({ documents: [document], deadLetters: [letter] });
  assert.deepEqual([...again.documents, ...again.deadLetters].map((outcome) => outcome.kind), ['duplicate', 'duplicate']); // prettier-ignore
  assert.equal((await store.summary({})).events, 1);
});

test('the memory store filters, orders and groups as the port says', async () => {
  const store = createMemoryStore();
  const threats = [1, 2].map((rule) => ({ rule: `sqli-${rule}`, class: 'sqli', severity: 'high', field: 'query', evidence: '' }) as const);
  await store.write({
    documents: [
      buildDocument({ timestamp: '2026-11-22T10:00:00Z', status: 404, bytes_sent: 10 }),
      buildDocument({ timestamp: '2026-11-22T10:00:00.500Z', status: 200, bytes_sent: null }, { threats, security_threat: true }),
      buildDocument({ timestamp: null, status: null }),
      buildDocument({ timestamp: '2026-11-22T10:01:00Z', status: 403, bytes_sent: 1 }),
    ],
    deadLetters: [],
  });
  assert.deepEqual(await store.top('status_class', 9, {}), [
    { value: '4xx', events: 2, bytesSent: 11 },
    { value: '2xx', events: 1, bytesSent: 0 },
  ]);
  assert.deepEqual((await store.top('threat_class', 9, {})).map((group) => group.events), [1]); // prettier-ignore
  assert.deepEqual((await store.events(9, {})).map((event) => event.status), [403, 200, 404, null]); // prettier-ignore
  const minute = await store.histogram(60, { to: '2026-11-22T10:01:00Z' });
  assert.deepEqual(minute, [{ at: '2026-11-22T10:00:00.000Z', events: 2, threats: 1, bots: 0, serverErrors: 0 }]);
  assert.equal((await store.summary({ equals: { threat_rule: 'sqli-2', status: 200 } })).events, 1);
  assert.deepEqual(await store.purge('2026-11-22T10:01:00Z'), { events: 2, deadLetters: 0 });
});

test('telemetry totals add up counts, by label where asked', () => {
  const telemetry = createRecordingTelemetry();
  telemetry.linesReceived(10, 2000);
  telemetry.linesReceived(5, 900);
  telemetry.linesDeadLettered('unparsable', 3);
  telemetry.linesDeadLettered('line_too_long', 1);
  telemetry.storeRetry('STORE_UNAVAILABLE');
  assert.equal(telemetry.total('linesReceived'), 15);
  assert.equal(telemetry.total('linesDeadLettered', 'unparsable'), 3);
  assert.equal(telemetry.total('linesDeadLettered'), 4);
  assert.equal(telemetry.total('storeRetry', 'STORE_UNAVAILABLE'), 1);
});

test('waitFor gives the value, and says what it waited for in vain', async () => {
  let count = 0;
  assert.equal(await waitFor(() => ((count += 1) > 2 ? count : null)), 3);
  await assert.rejects(
    waitFor(() => false, 30, 'the moon'),
    /the moon did not come true within 30 ms/,
  );
});

test('waitForCount waits as long as the count grows, and says where it stopped', async () => {
  let count = 0;
  const growing = setInterval(() => (count += 1), 60);
  await waitForCount(5, () => count, 'things', 1000);
  clearInterval(growing);
  assert.ok(count >= 5);
  await assert.rejects(
    waitForCount(9, () => Math.min(count, 5), 'things', 50),
    /^Error: 9 things were expected, 5 are there, and none came for 50 ms$/,
  );
  await assert.rejects(
    waitForCount(1, () => Promise.reject(new Error('no store')), 'things', 50),
    /0 are there/,
  );
});

test('a temporary folder is gone after its test', async (t) => {
  let folder = '';
  await t.test('inner', async (inner) => {
    folder = await temporaryFolder(inner);
    assert.ok(existsSync(folder));
  });
  assert.equal(existsSync(folder), false);
});

test('processes are run to their end, waited for and killed', async () => {
  const echo = await runProcess(['-e', 'process.stdin.pipe(process.stdout); process.exitCode = 3'], { input: 'one\ntwo\n' });
  assert.deepEqual([echo.exitCode, echo.stdout], [3, 'one\ntwo\n']);
  const child = spawnProcess(['-e', 'console.error("ready now"); setInterval(() => {}, 1000)']);
  assert.equal(await child.waitForLine('ready'), 'ready now');
  assert.equal((await child.kill()).signal, 'SIGKILL');
  await assert.rejects(child.waitForLine('never'), /ended without/);
});
