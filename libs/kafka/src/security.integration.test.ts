/**
 * TLS and SASL, for both publishers and the consumer.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { buildEvent, createRecordingLogger, createRecordingTelemetry, startKafka, waitFor } from '@sluice/testing';

import { createKafkaConsumer, createKafkaPublisher } from './index.ts';
import { drivers, kafkaConfig } from './testing/kafka-fixture.ts';

import type { KafkaConfig } from '@sluice/config';
import type { KafkaService } from '@sluice/testing';

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const wrong = 'Tr0ub4dor';

let kafka: KafkaService;
before(async () => {
  kafka = await startKafka({ security: true });
});
after(() => kafka.stop());

function secured(overrides: Partial<KafkaConfig>, isTls: boolean): KafkaConfig {
  const [user] = kafka.users;
  return kafkaConfig(isTls ? kafka.sasl!.tls : kafka.sasl!.plaintext, {
    sasl_mechanism: 'plain',
    sasl_username: user!.username,
    sasl_password: user!.password,
    tls: isTls,
    tls_ca: isTls ? kafka.ca : undefined,
    partitions: 1,
    ...overrides,
  });
}

function open(config: KafkaConfig) {
  const deps = { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() };
  return { ...deps, publisher: createKafkaPublisher(config, deps) };
}

/** Everything that was said, as one text. */
const saidBy = (logger: ReturnType<typeof createRecordingLogger>): string => JSON.stringify(logger.entries);

for (const mechanism of mechanisms) {
  for (const isTls of [false, true]) {
    describe(`${mechanism} ${isTls ? 'with' : 'without'} TLS`, () => {
      for (const producer of drivers) {
        test(`${producer} publishes what the consumer reads`, async () => {
          const config = secured({ producer, sasl_mechanism: mechanism }, isTls);
          const { publisher, telemetry, logger } = open(config);
          await publisher.check();
          await publisher.publish([{ kind: 'event', event: buildEvent() }], { readAtMs: 1 });
          await publisher.close();
          let records = 0;
          const consumer = createKafkaConsumer(config, { batchSize: 10, maxInWork: 1 }, { telemetry, logger });
          const ran = consumer.run((batch) => {
            records += batch.records.length;
            return Promise.resolve();
          });
          await waitFor(() => consumer.caughtUp(), 60_000, 'everything committed');
          await consumer.check();
          await consumer.stop(1000);
          await ran;
          assert.equal(records, 1);
          assert.deepEqual(logger.messages('warn'), []);
        });
      }
    });
  }

  for (const producer of drivers) {
    test(`${producer} says that a password is wrong for ${mechanism}, and not which`, async () => {
      const { publisher, logger, telemetry } = open(
        secured({ producer, sasl_mechanism: mechanism, sasl_password: wrong, create_topic: false }, true),
      );
      await assert.rejects(publisher.check(), { code: 'KAFKA_UNAUTHORIZED' });
      const stopped = new AbortController();
      const work = publisher.publish([{ kind: 'event', event: buildEvent() }], { readAtMs: 1, signal: stopped.signal });
      await waitFor(() => telemetry.total('publishRetry', 'KAFKA_UNAUTHORIZED') >= 2, 60_000, 'two retries');
      assert.ok(!String(publisher.failure()).includes(wrong));
      stopped.abort();
      await assert.rejects(work);
      await publisher.close();
      assert.ok(!saidBy(logger).includes(wrong), saidBy(logger));
    });
  }
}

test('the consumer says that a password is wrong, and goes on trying', async () => {
  const deps = { telemetry: createRecordingTelemetry(), logger: createRecordingLogger() };
  const consumer = createKafkaConsumer(secured({ sasl_password: wrong, create_topic: false }, true), { batchSize: 1, maxInWork: 1 }, deps);
  await assert.rejects(consumer.check(), { code: 'KAFKA_UNAUTHORIZED' });
  const ran = consumer.run(() => Promise.resolve());
  await waitFor(() => deps.logger.entries.find(({ data }) => data?.['code'] === 'KAFKA_UNAUTHORIZED'), 60_000, 'a line about it');
  await consumer.stop(1000);
  await ran;
  assert.ok(!saidBy(deps.logger).includes(wrong));
});

for (const producer of drivers) {
  test(`${producer} refuses a broker whose certificate nobody it trusts has signed, unless told otherwise`, async () => {
    const strict = open(secured({ producer, tls_ca: undefined, create_topic: false }, true));
    await assert.rejects(strict.publisher.check(), { code: 'KAFKA_UNAUTHORIZED' });
    await strict.publisher.close();
    const trusting = open(secured({ producer, tls_ca: undefined, tls_verify: false }, true));
    await trusting.publisher.check();
    await trusting.publisher.close();
  });

  test(`${producer} has one clear word for TLS that only one side speaks`, async () => {
    const plain = open(secured({ producer, bootstrap_servers: [kafka.sasl!.tls], create_topic: false }, false));
    await assert.rejects(plain.publisher.check(), (error: { code?: unknown }) => /^KAFKA_/.test(String(error.code)));
    await plain.publisher.close();
    const encrypted = open(secured({ producer, bootstrap_servers: [kafka.bootstrapServers], create_topic: false }, true));
    await assert.rejects(encrypted.publisher.check(), (error: { code?: unknown }) => /^KAFKA_/.test(String(error.code)));
    await encrypted.publisher.close();
  });
}
