import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFakeSharedState, createManualClock, createRecordingLogger, createRecordingTelemetry } from '@sluice/testing';

import { createAlerts } from './alerts.ts';

import type { Alert } from './alerts.ts';

function build(threshold: number) {
  const clock = createManualClock();
  const telemetry = createRecordingTelemetry();
  const logger = createRecordingLogger();
  const sent: Alert[] = [];
  const notify = (alert: Alert) => Promise.resolve(void sent.push(alert));
  const alerts = createAlerts({ threshold, windowSeconds: 300 }, { state: createFakeSharedState(clock), telemetry, logger, clock, notify });
  return { alerts, clock, telemetry, logger, sent };
}

/** Requests of one client in the minute 13:`minute`. */
const requests = (client: string, count: number, minute = 0) =>
  Array.from({ length: count }, () => ({ client, timestamp: `2026-11-22T13:${String(minute).padStart(2, '0')}:30Z` }));

test('an address raises one alert when it crosses the threshold, however many requests follow', async () => {
  const { alerts, telemetry, logger, sent } = build(10);
  for (const count of [6, 3, 5, 40]) await alerts.flagged(requests('203.0.113.9', count));
  assert.equal(sent.length, 1);
  assert.deepEqual(
    { kind: sent[0]?.kind, subject: sent[0]?.subject, count: sent[0]?.count },
    { kind: 'flagged_address', subject: '203.0.113.9', count: 14 },
  );
  assert.equal(telemetry.total('alertRaised', 'flagged_address'), 1);
  assert.equal(logger.messages('warn').length, 1);
});

test('one batch that crosses the threshold at once raises it too, at exactly the threshold', async () => {
  const { alerts, sent } = build(10);
  await alerts.flagged([...requests('203.0.113.1', 10), ...requests('203.0.113.2', 9)]);
  assert.deepEqual(sent.map(({ subject }) => subject), ['203.0.113.1']); // prettier-ignore
});

test('what counts is when requests were made: three days of an old log, read at once, are no flood', async () => {
  const { alerts, sent } = build(10);
  await alerts.flagged(Array.from({ length: 12 }, (_, index) => requests('203.0.113.1', 9, index * 5)).flat());
  assert.deepEqual(sent, []);
  await alerts.flagged(requests('203.0.113.1', 1, 5));
  assert.equal(sent.length, 1);
});

test('a new window may raise it again; without times the time of reading counts', async () => {
  const { alerts, clock, sent } = build(2);
  const untimed = (count: number) => Array.from({ length: count }, () => ({ client: '203.0.113.1', timestamp: null }));
  await alerts.flagged(untimed(2));
  clock.advance(300_000);
  await alerts.flagged(untimed(1));
  assert.equal(sent.length, 1);
  await alerts.flagged(untimed(1));
  assert.equal(sent.length, 2);
});

test('repeated failures of the pipeline raise one alert with the failure', async () => {
  const { alerts, sent } = build(3);
  for (let failure = 0; failure < 9; failure++) await alerts.pipelineFailed('disk full');
  assert.deepEqual(sent.map(({ kind, subject, count }) => ({ kind, subject, count })), [{ kind: 'pipeline_failures', subject: 'disk full', count: 3 }]); // prettier-ignore
});

test('what the watch over clients has seen is raised as it is', () => {
  const { alerts, telemetry, logger, sent } = build(10);
  const atMs = Date.UTC(2026, 10, 22);
  alerts.behaved([
    { kind: 'brute-force', client: '203.0.113.9', count: 20, atMs },
    { kind: 'scan', client: '203.0.113.9', count: 40, atMs },
    { kind: 'flood', client: '203.0.113.8', count: 6000, atMs },
  ]);
  assert.deepEqual(sent.map(({ kind, count }) => [kind, count]), [['brute_force', 20], ['scan', 40], ['flood', 6000]]); // prettier-ignore
  assert.equal(telemetry.total('alertRaised', 'scan'), 1);
  assert.match(logger.messages('warn')[0] ?? '', /20 failed logins from 203\.0\.113\.9 within 300 s/);
});
