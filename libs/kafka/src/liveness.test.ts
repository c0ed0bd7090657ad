import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock, createRecordingLogger, createRecordingTelemetry } from '@sluice/testing';

import { createKafkaConsumer } from './kafka-consumer.ts';
import { createLiveness } from './liveness.ts';
import { kafkaConfig } from './testing/kafka-fixture.ts';

test('counts silence from the last sign, or from the beginning', () => {
  const clock = createManualClock();
  const liveness = createLiveness(clock);
  clock.advance(5);
  assert.deepEqual([liveness.silentMs(), liveness.lastAtMs], [5, null]);
  liveness.sign();
  clock.advance(7);
  assert.deepEqual([liveness.silentMs(), liveness.lastAtMs], [7, clock.now() - 7]);
});

test('says that it is stalled only after minutes of silence while it should run', async () => {
  const clock = createManualClock();
  const deps = { telemetry: createRecordingTelemetry(), logger: createRecordingLogger(), clock };
  const consumer = createKafkaConsumer(kafkaConfig('127.0.0.1:1'), { batchSize: 1, maxInWork: 1 }, deps);
  clock.advance(1_000_000);
  assert.equal(consumer.stalled(), null);
  const ran = consumer.run(() => Promise.resolve());
  assert.equal(consumer.stalled(), null);
  clock.advance(181_000);
  assert.match(String(consumer.stalled()), /no fetch and no heartbeat for 181 s/);
  await consumer.stop(1000);
  await ran;
  assert.equal(consumer.stalled(), null);
});
