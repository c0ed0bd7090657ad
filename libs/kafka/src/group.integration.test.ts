/**
 * Several members, brokers that die, and a consumer that crashes: nothing is lost, nothing late is committed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { buildEvent, createRecordingLogger, createRecordingTelemetry, spawnProcess, startKafka, waitFor } from '@sluice/testing';

import { createKafkaConsumer, createKafkaPublisher } from './index.ts';
import { kafkaConfig } from './testing/kafka-fixture.ts';

import type { TestContext } from 'node:test';
import type { KafkaConfig } from '@sluice/config';
import type { LogEvent } from '@sluice/event';
import type { BatchHandler, RecordBatch } from '@sluice/ports';
import type { KafkaService, SpawnedProcess } from '@sluice/testing';
import type { KafkaConsumer } from './index.ts';

const memberScript = fileURLToPath(new URL('testing/group-member.ts', import.meta.url));

let kafka: KafkaService;
before(async () => {
  kafka = await startKafka();
});
after(() => kafka.stop());

async function publish(config: KafkaConfig, calls: number, perCall: number): Promise<string[]> {
  const publisher = createKafkaPublisher(config, { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() });
  const sent: string[] = [];
  for (let call = 0; call < calls; call += 1) {
    const events = Array.from({ length: perCall }, () => buildEvent());
    await publisher.publish(events.map((event) => ({ kind: 'event', event })), { readAtMs: Date.now() }); // prettier-ignore
    sent.push(...events.map(({ event_id }) => event_id));
  }
  await publisher.close();
  return sent;
}

/** Publishes little by little until told to stop or the test ends, so that there is work however long a member takes to come. Shape: the ids. */
function keepPublishing(t: TestContext, config: KafkaConfig) {
  const publisher = createKafkaPublisher(config, { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() });
  const sent: string[] = [];
  const stopped = new AbortController();
  const work = (async () => {
    while (!stopped.signal.aborted) {
      const events = Array.from({ length: 200 }, () => buildEvent());
      await publisher.publish(events.map((event) => ({ kind: 'event', event })), { readAtMs: Date.now() }); // prettier-ignore
      sent.push(...events.map(({ event_id }) => event_id));
      await delay(20, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    await publisher.close();
  })();
  t.after(async () => {
    stopped.abort();
    await publisher.close(0);
  });
  return {
    stop: async () => {
      stopped.abort();
      await work;
      return sent;
    },
  };
}

function idsOf({ records }: RecordBatch): string[] {
  return records.map((record) => (record.kind === 'encoded' ? (JSON.parse(String(record.value)) as LogEvent).event_id : ''));
}

function start(t: TestContext, config: KafkaConfig, handler: BatchHandler) {
  const telemetry = createRecordingTelemetry();
  const logger = createRecordingLogger();
  const consumer = createKafkaConsumer(config, { batchSize: 50, maxInWork: 4 }, { telemetry, logger });
  const ran = consumer.run(handler);
  ran.catch(() => undefined);
  t.after(() => consumer.stop(1000));
  return { consumer, telemetry, logger, ran };
}

function startMember(t: TestContext, config: KafkaConfig, workMs: number): SpawnedProcess {
  const member = spawnProcess([memberScript, JSON.stringify(config), String(workMs)], { timeoutMs: 120_000 });
  t.after(() => member.kill());
  return member;
}

/** What a member printed as done; a line that the kill cut off is not. */
function doneBy(member: SpawnedProcess): string[] {
  const lines = member.stdout.slice(0, member.stdout.lastIndexOf('\n')).split('\n');
  return lines.filter((line) => line.startsWith('done ')).flatMap((line) => line.split(' ').slice(1));
}

const caughtUp = (consumer: KafkaConsumer, deadlineMs = 60_000): Promise<unknown> =>
  waitFor(() => consumer.caughtUp().catch(() => false), deadlineMs, 'everything committed');

test('loses nothing when members join, leave and are killed in the middle of their work', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 8, fetch_max_bytes: 65_536 });
  const seen = new Set<string>();
  const publishing = keepPublishing(t, config);
  const handler: BatchHandler = async (batch) => {
    await delay(10);
    for (const id of idsOf(batch)) seen.add(id);
  };
  const survivor = start(t, config, handler);
  await waitFor(() => seen.size > 500, 60_000, 'the first records');
  const killed = startMember(t, config, 10);
  await waitFor(() => doneBy(killed).length > 500, 60_000, 'work of the second member');
  await killed.kill('SIGKILL');
  const leaving = start(t, config, handler);
  await waitFor(() => leaving.consumer.status().partitions.length > 0, 60_000, 'a third member');
  await leaving.consumer.stop(5000);
  const sent = await publishing.stop();
  await caughtUp(survivor.consumer);
  for (const id of doneBy(killed)) seen.add(id);
  assert.deepEqual(sent.filter((id) => !seen.has(id)), []); // prettier-ignore
  assert.ok(survivor.telemetry.total('rebalanced') >= 3);
  assert.deepEqual(survivor.logger.messages('warn'), []);
});

test('lets go of work that outlives its membership, and never commits it', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 2 });
  await publish(config, 2, 20);
  const reasons: unknown[] = [];
  let isHeld = true;
  let handed = 0;
  const seen = new Set<string>();
  const { consumer, telemetry } = start(t, config, async (batch, { signal }) => {
    handed += 1;
    if (isHeld) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })).catch((error: unknown) => {
        reasons.push(error);
        throw error;
      });
    }
    for (const id of idsOf(batch)) seen.add(id);
  }); // prettier-ignore
  await waitFor(() => handed === 2, 60_000, 'both partitions in work');
  const other = start(t, config, () => Promise.reject(new Error('not yet')));
  // The newcomer waits until the first member has let go.
  await waitFor(() => other.consumer.status().partitions.length === 1, 60_000, 'a partition each');
  assert.equal(reasons.length, 2);
  assert.ok((await consumer.lag()).every(({ committed }) => committed === null));
  isHeld = false;
  await other.consumer.stop(1000);
  await caughtUp(consumer);
  assert.equal(seen.size, 40);
  assert.ok(telemetry.calls.some(({ name, values }) => name === 'lag' && values[1] === null));
});

test('replaces a consumer that crashed with its broker, and goes on where it was', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 2 });
  const sent = await publish(config, 4, 50);
  const seen: string[] = [];
  const { consumer, logger, ran } = start(t, config, (batch) => {
    seen.push(...idsOf(batch));
    return Promise.resolve();
  });
  await caughtUp(consumer);
  await kafka.kill('SIGKILL');
  await waitFor(() => logger.messages('warn').includes('Cannot consume; trying again until it works.'), 60_000, 'the failure');
  assert.equal(consumer.status().connected, false);
  assert.equal(consumer.stalled(), null);
  await kafka.restart();
  sent.push(...(await publish(config, 4, 50)));
  await caughtUp(consumer);
  const unique = new Set(seen);
  assert.deepEqual(sent.filter((id) => !unique.has(id)), []); // prettier-ignore
  assert.ok(logger.messages('info').includes('Consuming works again.'));
  await consumer.stop(1000);
  await ran;
});

test('goes on after a broker that hung for longer than the session', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  const seen = new Set<string>();
  const { consumer } = start(t, config, (batch) => {
    for (const id of idsOf(batch)) seen.add(id);
    return Promise.resolve();
  });
  await publish(config, 1, 50);
  await caughtUp(consumer);
  await kafka.kill('SIGSTOP');
  const startedAtMs = performance.now();
  await waitFor(() => performance.now() - startedAtMs > 1.2 * config.session_timeout_ms, 60_000, 'more than a session');
  await kafka.kill('SIGCONT');
  await publish(config, 1, 50);
  await waitFor(() => seen.size === 100, 60_000, 'all records');
  await caughtUp(consumer);
});
