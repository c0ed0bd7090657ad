import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock, createRecordingLogger } from '@sluice/testing';
import { logLevel } from 'kafkajs';

import { createKafkaJsLog } from './kafkajs-logging.ts';

function setUp() {
  const logger = createRecordingLogger();
  const clock = createManualClock();
  const write = createKafkaJsLog(logger, clock)(logLevel.INFO);
  const log = (level: logLevel, message: string, extra: Record<string, unknown> = {}): void =>
    write({ namespace: '', level, label: '', log: { timestamp: '', message, ...extra } });
  return { logger, clock, log };
}

test('passes a real problem on, once a minute', () => {
  const { logger, clock, log } = setUp();
  for (let count = 0; count < 5; count += 1) log(logLevel.ERROR, 'Offset out of range, resetting to default offset', { topic: 'web_logs' });
  assert.deepEqual(logger.entries, [
    { level: 'warn', logger: 'test', message: 'kafkajs: Offset out of range, resetting to default offset', data: { topic: 'web_logs' } },
  ]);
  clock.advance(60_000);
  log(logLevel.ERROR, 'Offset out of range, resetting to default offset', { topic: 'web_logs' });
  assert.equal(logger.entries.length, 2);
});

test('keeps quiet about ordinary life', () => {
  const { logger, log } = setUp();
  log(logLevel.INFO, 'Consumer has joined the group');
  log(logLevel.WARN, 'The group is rebalancing, re-joining', { error: 'The group is rebalancing, so a rejoin is needed' });
  log(logLevel.ERROR, 'Response Heartbeat(key: 12, version: 3)', { error: 'The group is rebalancing, so a rejoin is needed' });
  log(logLevel.ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9092', { stack: 'x' });
  log(logLevel.ERROR, 'The coordinator is not aware of this member, re-joining the group');
  assert.ok(logger.entries.every(({ level }) => level === 'debug'));
});

test('does not grow with the number of messages', () => {
  const { logger, log } = setUp();
  for (let count = 0; count < 1000; count += 1) log(logLevel.ERROR, `strange ${count}`, { error: new Error('inside') });
  assert.equal(logger.entries.length, 1000);
  assert.deepEqual(logger.entries[0]?.data, { error: 'inside' });
});
