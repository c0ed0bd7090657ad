/**
 * Brokers that die and hang while several publishes are in flight: what was acknowledged is there, whichever client. And topics
 * that are missing.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { buildEvent, createRecordingLogger, createRecordingTelemetry, startKafka, waitFor } from '@sluice/testing';

import { createKafkaPublisher } from './index.ts';
import { drivers, idsOf, kafkaConfig, plainKafka, readTopic } from './testing/kafka-fixture.ts';

import type { TestContext } from 'node:test';
import type { OutgoingRecord } from '@sluice/ports';
import type { KafkaService } from '@sluice/testing';
import type { KafkaPublisher } from './index.ts';

const inFlight = 4;
const recordsPerCall = 100;

let kafka: KafkaService;
before(async () => {
  kafka = await startKafka({ properties: { 'auto.create.topics.enable': 'false' } });
});
after(() => kafka.stop());

/** Publishes batch after batch, several at once, until told to stop or the test ends. */
function keepPublishing(t: TestContext, publisher: KafkaPublisher) {
  const acknowledged: string[] = [];
  let calls = 0;
  let isOver = false;
  const lane = async (): Promise<void> => {
    while (!isOver) {
      const events = Array.from({ length: recordsPerCall }, () => buildEvent());
      await publisher.publish(events.map((event): OutgoingRecord => ({ kind: 'event', event })), { readAtMs: Date.now() }); // prettier-ignore
      for (const { event_id } of events) acknowledged.push(event_id);
      calls += 1;
    }
  };
  const lanes = Promise.all(Array.from({ length: inFlight }, lane));
  t.after(async () => {
    isOver = true;
    await publisher.close(0);
  });
  return {
    acknowledged,
    /** Resolves when so many more calls were acknowledged. */
    more: async (count: number) => {
      const enough = calls + count;
      await waitFor(() => calls >= enough, 60_000, `${count} more acknowledged calls`);
    },
    stop: async () => {
      isOver = true;
      await lanes;
    },
  };
}

for (const producer of drivers) {
  describe(`the publisher with ${producer}`, () => {
    test('loses nothing that was acknowledged when the broker is killed, and goes on by itself', async (t) => {
      const config = kafkaConfig(kafka.bootstrapServers, { producer });
      const logger = createRecordingLogger();
      const telemetry = createRecordingTelemetry();
      const publisher = createKafkaPublisher(config, { telemetry, logger });
      const publishing = keepPublishing(t, publisher);
      await publishing.more(20);
      await kafka.kill('SIGKILL');
      await waitFor(() => publisher.failure(), 60_000, 'a failure');
      // One that has never seen a broker waits for it just the same.
      const late = createKafkaPublisher(config, { telemetry, logger: createRecordingLogger() });
      const event = buildEvent();
      const work = late.publish([{ kind: 'event', event }], { readAtMs: Date.now() });
      await waitFor(() => late.failure(), 60_000, 'a failure without a broker');
      await kafka.restart();
      await work;
      publishing.acknowledged.push(event.event_id);
      await publishing.more(20);
      await publishing.stop();
      const there = new Set(idsOf(await readTopic(config)));
      assert.deepEqual(publishing.acknowledged.filter((id) => !there.has(id)), []); // prettier-ignore
      assert.equal(publisher.failure(), null);
      const said = logger.entries.filter(({ level }) => level !== 'debug').map(({ message }) => message);
      assert.deepEqual([...new Set(said)], ['Cannot publish; trying again until it works.', 'Publishing works again.']);
      assert.ok(said.length <= 8, said.join('\n'));
      await Promise.all([publisher.close(), late.close()]);
      await waitFor(() => telemetry.total('connectionsChanged') === 0, 60_000, 'all connections closed');
    });

    test('says which topic is missing, also when it is the one of dead letters', async (t) => {
      const config = kafkaConfig(kafka.bootstrapServers, { producer, create_topic: false });
      const publisher = createKafkaPublisher(config, { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() });
      t.after(() => publisher.close(0));
      const admin = plainKafka(config).admin();
      t.after(() => admin.disconnect());
      await admin.connect();
      const missing = (topic: string) => (error: Error) =>
        isSluiceError(error, 'KAFKA_TOPIC_MISSING') && /topic ([\w.-]+\w)/.exec(error.message)?.[1] === topic;
      await assert.rejects(publisher.check(), missing(config.topic));
      await admin.createTopics({ topics: [{ topic: config.topic }] });
      await assert.rejects(publisher.check(), missing(`${config.topic}.dlq`));
      await admin.createTopics({ topics: [{ topic: `${config.topic}.dlq` }] });
      await publisher.check();
    });

    test('loses nothing that was acknowledged when the broker hangs for a while', async (t) => {
      const config = kafkaConfig(kafka.bootstrapServers, { producer });
      const publisher = createKafkaPublisher(config, { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() });
      const publishing = keepPublishing(t, publisher);
      await publishing.more(20);
      await kafka.kill('SIGSTOP');
      await assert.rejects(publisher.check(), { code: 'KAFKA_UNAVAILABLE' });
      await kafka.kill('SIGCONT');
      await publishing.more(20);
      await publishing.stop();
      const there = new Set(idsOf(await readTopic(config)));
      assert.deepEqual(publishing.acknowledged.filter((id) => !there.has(id)), []); // prettier-ignore
      await publisher.close();
    });
  });
}
