/**
 * What a publisher promises, on a real Kafka, for either client.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { SluiceError } from '@sluice/errors';
import { decodeRaw, encodeEvent } from '@sluice/event';
import { buildDeadLetter, buildEvent, createRecordingLogger, createRecordingTelemetry, startKafka, waitFor } from '@sluice/testing';

import { createKafkaPublisher } from './index.ts';
import { compressions, drivers, eventOf, idsOf, kafkaConfig, plainKafka, readTopic } from './testing/kafka-fixture.ts';

import type { KafkaConfig } from '@sluice/config';
import type { DeadLetter, LogEvent } from '@sluice/event';
import type { OutgoingRecord } from '@sluice/ports';
import type { KafkaService } from '@sluice/testing';

const readAtMs = Date.UTC(2026, 10, 22, 13, 55, 36, 789);
const asRecord = (event: LogEvent): OutgoingRecord => ({ kind: 'event', event });
const asLetter = (letter: DeadLetter): OutgoingRecord => ({ kind: 'dead_letter', letter });
const events = (count: number): LogEvent[] => Array.from({ length: count }, () => buildEvent());

let kafka: KafkaService;
before(async () => {
  kafka = await startKafka({ properties: { 'message.max.bytes': '100000' } });
});
after(() => kafka.stop());

for (const producer of drivers) {
  describe(`the publisher with ${producer}`, () => {
    function open(overrides: Partial<KafkaConfig> = {}) {
      const config = kafkaConfig(kafka.bootstrapServers, { producer, ...overrides });
      const telemetry = createRecordingTelemetry();
      const logger = createRecordingLogger();
      const publisher = createKafkaPublisher(config, { telemetry, logger });
      return { config, telemetry, logger, publisher };
    }

    for (const compression of compressions) {
      test(`publishes records that come back as they were, with ${compression}`, async () => {
        const { config, publisher } = open({ compression });
        const sent = [buildEvent({ referer: null, user_agent: 'é\u{1f600}"\\' }), ...events(199)];
        await publisher.publish(sent.map(asRecord), { readAtMs });
        const seen = await readTopic(config);
        assert.deepEqual(seen.map((record) => String(record.value)), sent.map(encodeEvent)); // prettier-ignore
        assert.ok(!String(seen[0]!.value).includes('null'));
        assert.ok(seen.every(({ key, timestampMs }) => key === null && timestampMs === readAtMs));
        await publisher.close();
      });
    }

    test('keeps a call together in one partition and in order, and calls in turn over the partitions', async () => {
      const { config, publisher } = open();
      const calls = Array.from({ length: 6 }, () => events(50));
      await Promise.all(calls.map((sent) => publisher.publish(sent.map(asRecord), { readAtMs })));
      const seen = await readTopic(config);
      assert.equal(seen.length, 300);
      const partitionOf = new Map(seen.map((record) => [eventOf(record).event_id, record.partition]));
      for (const sent of calls) {
        const ids = sent.map(({ event_id }) => event_id);
        assert.equal(new Set(ids.map((id) => partitionOf.get(id))).size, 1);
        assert.deepEqual(idsOf(seen.filter((record) => ids.includes(eventOf(record).event_id))), ids);
      }
      for (const partition of [0, 1, 2]) assert.equal(seen.filter((record) => record.partition === partition).length, 100);
      await publisher.close();
    });

    test('sends dead letters to their own topic, by event id', async () => {
      const { config, publisher } = open();
      const letters = [buildDeadLetter(), buildDeadLetter({}, Buffer.from([0xff, 0x00]))];
      const [event] = events(1);
      await publisher.publish([asLetter(letters[0]!), asRecord(event!), asLetter(letters[1]!)], { readAtMs });
      const seen = await readTopic(config, `${config.topic}.dlq`);
      assert.deepEqual(seen.map(({ key, value }) => [key, JSON.parse(String(value)) as DeadLetter]), letters.map((letter) => [letter.event_id, letter])); // prettier-ignore
      assert.deepEqual(idsOf(await readTopic(config)), [event!.event_id]);
      await publisher.publish([], { readAtMs });
      await publisher.close();
    });

    test('splits a batch that is too large, and sets a single record that is too large aside', async () => {
      const { config, publisher, logger } = open({ compression: 'none' });
      const padded = Array.from({ length: 40 }, () => buildEvent({ user_agent: 'a'.repeat(9000) }));
      const huge = buildEvent({ user_agent: 'é'.repeat(100_000) });
      const sent = [...padded.slice(0, 20), huge, ...padded.slice(20)];
      await publisher.publish(sent.map(asRecord), { readAtMs });
      assert.deepEqual(idsOf(await readTopic(config)), padded.map(({ event_id }) => event_id)); // prettier-ignore
      const letters = (await readTopic(config, `${config.topic}.dlq`)).map(({ value }) => JSON.parse(String(value)) as DeadLetter);
      assert.deepEqual(letters.map(({ event_id, reason, raw_bytes }) => [event_id, reason, raw_bytes]), [[huge.event_id, 'rejected', Buffer.byteLength(encodeEvent(huge))]]); // prettier-ignore
      assert.ok(encodeEvent(huge).startsWith(decodeRaw(letters[0]!).toString()));
      assert.ok(letters[0]!.raw.length > 10_000);
      assert.deepEqual(logger.messages('warn'), ['Records too large for Kafka became dead letters.']);
      await publisher.close();
    });

    test('cuts a dead letter that is too large', async () => {
      const { config, publisher } = open({ compression: 'none' });
      const letter = buildDeadLetter({}, Buffer.alloc(200_000, 0xff));
      await publisher.publish([asLetter(letter)], { readAtMs });
      const [seen] = await readTopic(config, `${config.topic}.dlq`);
      const { raw, ...rest } = JSON.parse(String(seen!.value)) as DeadLetter;
      assert.deepEqual({ ...rest, raw: letter.raw }, letter);
      assert.ok(decodeRaw({ ...rest, raw }).length > 20_000);
      await publisher.close();
    });

    test('publishes to a topic that the broker makes by itself', async () => {
      const { config, publisher, logger } = open({ create_topic: false });
      await publisher.check();
      await publisher.publish([asRecord(buildEvent()), asLetter(buildDeadLetter())], { readAtMs });
      assert.equal((await readTopic(config)).length, 1);
      assert.equal((await readTopic(config, `${config.topic}.dlq`)).length, 1);
      assert.deepEqual(logger.messages('warn'), []);
      await publisher.close();
    });

    test('creates its topics as configured', async () => {
      const { config, publisher } = open({ partitions: 5 });
      await publisher.check();
      const admin = plainKafka(config).admin();
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [config.topic, `${config.topic}.dlq`] });
      assert.deepEqual(topics.map(({ partitions }) => partitions.length).sort(), [1, 5]); // prettier-ignore
      await admin.disconnect();
      await publisher.close();
    });

    test('counts its connections, and closes them all', async () => {
      const { publisher, telemetry } = open();
      await publisher.publish([asRecord(buildEvent())], { readAtMs });
      assert.ok(telemetry.total('connectionsChanged') > 0);
      await publisher.close();
      await waitFor(() => telemetry.total('connectionsChanged') === 0, 60_000, 'all connections closed');
      await publisher.close();
      await assert.rejects(publisher.publish([], { readAtMs }), { code: 'DEADLINE_EXCEEDED' });
    });

    test('says that nothing answers, and stops when it is told to', async () => {
      const { publisher, logger, telemetry } = open({ bootstrap_servers: ['127.0.0.1:1'] });
      await assert.rejects(
        publisher.check(),
        (error) => error instanceof SluiceError && error.code === 'KAFKA_UNAVAILABLE' && /ECONNREFUSED/.test(error.message),
      );
      const stopped = new AbortController();
      const work = publisher.publish([asRecord(buildEvent())], { readAtMs, signal: stopped.signal });
      await waitFor(() => publisher.failure(), 60_000, 'a failure');
      assert.match(String(publisher.failure()), /Cannot publish to .*ECONNREFUSED/);
      await waitFor(() => logger.messages('warn').includes('Cannot publish; trying again until it works.'), 60_000, 'the line');
      const reason = new Error('enough');
      stopped.abort(reason);
      await assert.rejects(work, reason);
      assert.equal(publisher.failure(), null);
      assert.ok(telemetry.total('publishRetry', 'KAFKA_UNAVAILABLE') >= 2);
      const pending = publisher.publish([asRecord(buildEvent())], { readAtMs });
      const rejected = assert.rejects(pending, { code: 'DEADLINE_EXCEEDED' });
      await publisher.close(10);
      await rejected;
    });

    test('gives up after as many retries as it is allowed', async () => {
      const { publisher, telemetry } = open({ bootstrap_servers: ['127.0.0.1:1'], retry_attempts: 2, retry_first_delay_ms: 1 });
      await assert.rejects(publisher.publish([asRecord(buildEvent())], { readAtMs }), { code: 'KAFKA_UNAVAILABLE' });
      assert.equal(telemetry.total('publishRetry', 'KAFKA_UNAVAILABLE'), 2);
      await publisher.close();
    });
  });
}
