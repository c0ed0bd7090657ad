/**
 * The consumer on a real Kafka: what it hands over, what it commits, and when.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { buildEvent, createRecordingLogger, createRecordingTelemetry, sharedKafka, startKafka, waitFor } from '@sluice/testing';

import { createKafkaConsumer, createKafkaPublisher } from './index.ts';
import { kafkaConfig, plainKafka } from './testing/kafka-fixture.ts';

import type { TestContext } from 'node:test';
import type { KafkaConfig } from '@sluice/config';
import type { LogEvent } from '@sluice/event';
import type { BatchHandler, RecordBatch } from '@sluice/ports';
import type { KafkaService } from '@sluice/testing';
import type { KafkaConsumer, KafkaConsumerOptions } from './index.ts';

const readAtMs = Date.UTC(2026, 10, 22, 13, 55, 36, 789);

let kafka: Pick<KafkaService, 'bootstrapServers'>;
before(async () => {
  kafka = await sharedKafka();
});

/** Publishes calls of so many events each; a call is one partition. Shape: the ids per call. */
async function publish(config: KafkaConfig, calls: number, perCall: number): Promise<string[][]> {
  const publisher = createKafkaPublisher(config, { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() });
  const sent: string[][] = [];
  for (let call = 0; call < calls; call += 1) {
    const events = Array.from({ length: perCall }, () => buildEvent());
    await publisher.publish(events.map((event) => ({ kind: 'event', event })), { readAtMs }); // prettier-ignore
    sent.push(events.map(({ event_id }) => event_id));
  }
  await publisher.close();
  return sent;
}

function idsOf({ records }: RecordBatch): string[] {
  return records.map((record) => (record.kind === 'encoded' ? (JSON.parse(String(record.value)) as LogEvent).event_id : ''));
}

interface Running {
  readonly consumer: KafkaConsumer;
  readonly telemetry: ReturnType<typeof createRecordingTelemetry>;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  readonly ran: Promise<void>;
}

/** Starts a consumer that is stopped at the end of the test. */
function start(t: TestContext, config: KafkaConfig, handler: BatchHandler, options: Partial<KafkaConsumerOptions> = {}): Running {
  const telemetry = createRecordingTelemetry();
  const logger = createRecordingLogger();
  const consumer = createKafkaConsumer(config, { batchSize: 10, maxInWork: 4, ...options }, { telemetry, logger });
  const ran = consumer.run(handler);
  ran.catch(() => undefined);
  t.after(() => consumer.stop(1000));
  return { consumer, telemetry, logger, ran };
}

/** A handler that takes all; `seen` has the ids in the order they were handed over. */
function collector(): { seen: string[]; batches: RecordBatch[]; handler: BatchHandler } {
  const seen: string[] = [];
  const batches: RecordBatch[] = [];
  const handler: BatchHandler = (batch) => {
    batches.push(batch);
    seen.push(...idsOf(batch));
    return Promise.resolve();
  };
  return { seen, batches, handler };
}

const caughtUp = (consumer: KafkaConsumer): Promise<unknown> => waitFor(() => consumer.caughtUp(), 60_000, 'everything committed');
const committed = async (consumer: KafkaConsumer): Promise<number> => (await consumer.lag()).reduce((sum, each) => sum + (each.committed ?? 0), 0);

test('hands over everything from the beginning, in pieces and in order, and says how far it is', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers);
  const sent = await publish(config, 3, 25);
  const { seen, batches, handler } = collector();
  const { consumer, telemetry, logger } = start(t, config, handler);
  await caughtUp(consumer);
  assert.deepEqual([...seen].sort(), sent.flat().sort());
  for (const ids of sent) assert.deepEqual(seen.filter((id) => ids.includes(id)), ids); // prettier-ignore
  assert.deepEqual(batches.map(({ records }) => records.length).sort(), [10, 10, 10, 10, 10, 10, 5, 5, 5]); // prettier-ignore
  assert.ok(batches.every((batch) => batch.readAtMs === readAtMs));
  const [first] = batches[0]!.records;
  assert.ok(first?.kind === 'encoded' && first.origin.topic === config.topic && first.origin.offset === '0');
  assert.deepEqual(consumer.status().partitions, [0, 1, 2]);
  assert.equal(consumer.status().connected, true);
  assert.equal(consumer.status().rebalancing, false);
  assert.equal(consumer.stalled(), null);
  await consumer.check();
  assert.deepEqual(await consumer.lag(), [0, 1, 2].map((partition) => ({ partition, committed: 25, end: 25, lag: 0 }))); // prettier-ignore
  assert.ok(telemetry.total('connectionsChanged') > 0);
  await consumer.stop(1000);
  await waitFor(() => telemetry.total('connectionsChanged') === 0, 60_000, 'all connections closed');
  assert.ok(telemetry.calls.some(({ name, values }) => name === 'lag' && values[1] === null));
  assert.deepEqual(logger.messages('warn'), []);
});

test('goes on behind what was committed, and reports what waits', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers);
  await publish(config, 3, 5);
  const first = start(t, config, collector().handler);
  await caughtUp(first.consumer);
  await first.consumer.stop(1000);
  const later = await publish(config, 6, 5);
  assert.deepEqual((await readLag(config)).map(({ lag }) => lag), [10, 10, 10]); // prettier-ignore
  const second = collector();
  const { consumer, telemetry } = start(t, config, second.handler);
  await caughtUp(consumer);
  assert.deepEqual(second.seen.sort(), later.flat().sort());
  assert.ok(telemetry.calls.some(({ name }) => name === 'lagSeconds'));
});

async function readLag(config: KafkaConfig) {
  const idle = createKafkaConsumer(
    config,
    { batchSize: 1, maxInWork: 1 },
    { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() },
  );
  const lag = await idle.lag();
  await idle.stop(1000);
  return lag;
}

test('commits only what is done without a gap', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 40);
  const held = Promise.withResolvers<undefined>();
  const done: number[] = [];
  const { consumer } = start(t, config, async ({ records }) => {
    const [record] = records;
    const offset = record?.kind === 'encoded' ? Number(record.origin.offset) : -1;
    if (offset === 10) await held.promise;
    done.push(offset);
  });
  await waitFor(() => done.length === 3, 60_000, 'three pieces done');
  assert.deepEqual(done.sort((a, b) => a - b), [0, 20, 30]); // prettier-ignore
  await waitFor(async () => (await committed(consumer)) === 10, 60_000, 'the first piece committed');
  held.resolve(undefined);
  await caughtUp(consumer);
});

test('has no more batches in work than it may, over all partitions', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 6 });
  const sent = await publish(config, 6, 30);
  const release = Promise.withResolvers<undefined>();
  let inWork = 0;
  let most = 0;
  const { seen, handler } = collector();
  const { consumer } = start(
    t,
    config,
    async (batch, context) => {
      inWork += 1;
      most = Math.max(most, inWork);
      await release.promise;
      await handler(batch, context);
      inWork -= 1;
    },
    { maxInWork: 3 },
  );
  await waitFor(() => inWork === 3, 60_000, 'three batches in work');
  release.resolve(undefined);
  await caughtUp(consumer);
  assert.equal(most, 3);
  assert.deepEqual(seen.sort(), sent.flat().sort());
});

test('delivers a batch again that the handler refuses, and commits nothing beyond it until then', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  const [ids = []] = await publish(config, 1, 30);
  let refusals = 0;
  const stored = new Set<string>();
  const { consumer, logger } = start(
    t,
    config,
    async (batch) => {
      const batchIds = idsOf(batch);
      if (batchIds.includes(ids[15]!) && refusals < 3) {
        refusals += 1;
        assert.ok((await committed(consumer)) <= 10);
        throw new Error('the store says no');
      }
      for (const id of batchIds) stored.add(id);
    },
    { maxInWork: 1 },
  );
  await caughtUp(consumer);
  assert.equal(refusals, 3);
  assert.deepEqual([...stored].sort(), [...ids].sort());
  assert.equal(logger.messages('warn').length, 3);
  assert.equal(logger.entries.find(({ level }) => level === 'warn')?.data?.['error'], 'the store says no');
});

test('stays a member while a batch takes longer than the session', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 10);
  const held = Promise.withResolvers<undefined>();
  const { consumer, telemetry } = start(t, config, () => held.promise);
  await waitFor(() => consumer.status().lastActivityAtMs, 60_000, 'activity');
  await waitFor(() => telemetry.total('rebalanced') === 1, 60_000, 'joined');
  const startedAtMs = performance.now();
  await waitFor(() => performance.now() - startedAtMs > 1.3 * config.session_timeout_ms, 60_000, 'more than a session');
  held.resolve(undefined);
  await caughtUp(consumer);
  assert.equal(telemetry.total('rebalanced'), 1);
});

test('takes nothing while paused, finishes what is in work, and goes on when resumed', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 30);
  const { seen, handler } = collector();
  const { consumer } = start(
    t,
    config,
    async (batch, context) => {
      await handler(batch, context);
      if (seen.length === 10) consumer.pause();
    },
    { maxInWork: 1 },
  );
  await waitFor(async () => (await committed(consumer)) === 10, 60_000, 'the first piece committed');
  await publish(config, 1, 10);
  // A heartbeat later it would have fetched, had it wanted to.
  const before = consumer.status().lastActivityAtMs ?? 0;
  await waitFor(() => (consumer.status().lastActivityAtMs ?? 0) > before + 1000, 60_000, 'life while paused');
  assert.equal(seen.length, 10);
  consumer.pause();
  consumer.resume();
  await caughtUp(consumer);
  assert.equal(seen.length, 40);
  assert.equal(new Set(seen).size, 40);
});

test('may be paused before it runs', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 10);
  const { seen, handler } = collector();
  const telemetry = createRecordingTelemetry();
  const consumer = createKafkaConsumer(config, { batchSize: 10, maxInWork: 1 }, { telemetry, logger: createRecordingLogger() });
  t.after(() => consumer.stop(1000));
  consumer.pause();
  void consumer.run(handler);
  await waitFor(() => telemetry.total('rebalanced') === 1, 60_000, 'joined');
  await waitFor(() => !consumer.status().rebalancing && consumer.status().connected, 60_000, 'connected');
  assert.deepEqual(seen, []);
  consumer.resume();
  await caughtUp(consumer);
  assert.equal(seen.length, 10);
});

test('drains at a stop: what is in work is committed, what is not stays', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 50);
  const held = Promise.withResolvers<undefined>();
  let calls = 0;
  const { consumer, ran } = start(
    t,
    config,
    async () => {
      calls += 1;
      await held.promise;
    },
    { maxInWork: 2 },
  );
  await waitFor(() => calls === 2, 60_000, 'two batches in work');
  const stopped = consumer.stop(10_000);
  held.resolve(undefined);
  await stopped;
  await ran;
  assert.equal(calls, 2);
  await consumer.stop(1);
  assert.deepEqual(await readLag(config), [{ partition: 0, committed: 20, end: 50, lag: 30 }]);
});

test('aborts what is not done at the deadline of a stop, and does not commit it', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 20);
  let reason: unknown;
  let calls = 0;
  const { consumer, ran } = start(
    t,
    config,
    (_, { signal }) =>
      new Promise((_resolve, reject) => {
        calls += 1;
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason as Error);
        });
      }),
  );
  await waitFor(() => calls === 2, 60_000, 'both pieces in work');
  await consumer.stop(50);
  await ran;
  assert.equal((reason as { code?: unknown }).code, 'DEADLINE_EXCEEDED');
  assert.deepEqual(await readLag(config), [{ partition: 0, committed: null, end: 20, lag: 20 }]);
});

test('may be stopped before it runs, and while it cannot connect', async () => {
  const config = kafkaConfig('127.0.0.1:1');
  const deps = { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() };
  const never = createKafkaConsumer(config, { batchSize: 1, maxInWork: 1 }, deps);
  await never.stop(1000);
  await never.run(() => Promise.reject(new Error('never called')));
  const trying = createKafkaConsumer(config, { batchSize: 1, maxInWork: 1 }, deps);
  const ran = trying.run(() => Promise.reject(new Error('never called')));
  await assert.rejects(trying.check(), { code: 'KAFKA_UNAVAILABLE' });
  await assert.rejects(trying.lag(), { code: 'KAFKA_UNAVAILABLE' });
  await waitFor(() => deps.logger.messages('warn').includes('Cannot consume; trying again until it works.'), 60_000, 'the line');
  assert.equal(trying.stalled(), null);
  await trying.stop(1000);
  await ran;
});

test('says that a topic is missing, and consumes it once it is there', async (t) => {
  const strict = await startKafka({ properties: { 'auto.create.topics.enable': 'false' } });
  t.after(() => strict.stop());
  const config = kafkaConfig(strict.bootstrapServers, { create_topic: false });
  const { seen, handler } = collector();
  const { consumer, logger } = start(t, config, handler);
  await assert.rejects(consumer.check(), { code: 'KAFKA_TOPIC_MISSING' });
  await waitFor(() => logger.entries.find(({ data }) => data?.['code'] === 'KAFKA_TOPIC_MISSING'), 60_000, 'a line about it');
  const sent = await publish({ ...config, create_topic: true }, 1, 10);
  await waitFor(() => seen.length === 10, 60_000, 'ten records');
  assert.deepEqual(seen, sent.flat());
  await waitFor(() => logger.messages('info').includes('Consuming works again.'), 60_000, 'the line');
});

test('reads records without a value, and passes over markers of transactions', async (t) => {
  const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1 });
  await publish(config, 1, 1);
  const producer = plainKafka(config).producer({ transactionalId: config.topic, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: config.topic, messages: [{ value: null }, { key: 'k', value: 'not JSON' }] });
  await transaction.commit();
  await producer.disconnect();
  const values: (string | null)[] = [];
  const { consumer } = start(t, config, ({ records }) => {
    for (const record of records) if (record.kind === 'encoded') values.push(record.value === null ? null : record.value.toString());
    return Promise.resolve();
  });
  await caughtUp(consumer);
  assert.deepEqual(values.slice(1), [null, 'not JSON']);
});

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`reads what Java compressed with ${compression}`, async (t) => {
    // The broker compresses anew what comes in another compression than the topic's.
    const config = kafkaConfig(kafka.bootstrapServers, { partitions: 1, compression: 'none' });
    const admin = plainKafka(config).admin();
    await admin.connect();
    const configEntries = [{ name: 'compression.type', value: compression }];
    await admin.createTopics({ topics: [{ topic: config.topic, numPartitions: 1, configEntries }] });
    await admin.disconnect();
    // Several blocks of every framing.
    const sent = await publish(config, 2, 1000);
    const { seen, handler } = collector();
    const { consumer } = start(t, config, handler, { batchSize: 1000 });
    await caughtUp(consumer);
    assert.deepEqual(seen, sent.flat());
  });
}
