/**
 * What an idle consumer and publisher cost: kafkajs as it comes wakes up 900 times a second.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { buildEvent, createRecordingLogger, createRecordingTelemetry, sharedKafka, spawnProcess } from '@sluice/testing';

import { createKafkaPublisher } from './index.ts';
import { kafkaConfig } from './testing/kafka-fixture.ts';

test('an idle consumer sleeps, and nothing warns of a negative timeout', async (t) => {
  const kafka = await sharedKafka();
  const config = kafkaConfig(kafka.bootstrapServers, { producer: 'kafkajs' });
  const publisher = createKafkaPublisher(config, { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() });
  await publisher.publish([{ kind: 'event', event: buildEvent() }], { readAtMs: Date.now() });
  await publisher.close();
  const script = fileURLToPath(new URL('testing/idle-member.ts', import.meta.url));
  const member = spawnProcess([script, JSON.stringify(config)]);
  t.after(() => member.kill());
  const line = await member.waitForLine('idle', 30_000);
  const { loops, cpuShare } = JSON.parse(line.slice(line.indexOf('{'))) as { loops: number; cpuShare: number };
  assert.ok(loops < 150, `${loops} turns of the event loop a second`);
  assert.ok(cpuShare < 0.05, `${cpuShare} of a processor`);
  const { stderr } = await member.kill();
  assert.equal(stderr, '');
});
