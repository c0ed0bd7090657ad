/**
 * Publishing by kafkajs, for brokers that are too old for the other client.
 */
import { CompressionTypes } from 'kafkajs';

import { acknowledgeTimeoutMs } from './kafka-settings.ts';
import { createKafkaJs } from './kafkajs-client.ts';
import { createTopicAdmin } from './topic-admin.ts';

import type { KafkaConfig } from '@sluice/config';
import type { DriverDeps, PublishDriver } from './publish-driver.ts';

const compressionTypes = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;

const acknowledgedByAll = -1;

export function createKafkaJsDriver(config: KafkaConfig, deps: DriverDeps): PublishDriver {
  const kafka = createKafkaJs(config, deps);
  const admin = createTopicAdmin(kafka);
  const producer = kafka.producer({
    idempotent: false,
    // Our own loop repeats a failed batch; a second loop below it would only hide why.
    retry: { retries: 0 },
    allowAutoTopicCreation: true,
    // The message names a number, which may be more than there are partitions.
    createPartitioner:
      () =>
      ({ message, partitionMetadata }) =>
        (message.partition ?? 0) % partitionMetadata.length,
  });
  let connecting: Promise<void> | null = null;
  let isConnected = false;
  producer.on('producer.connect', () => {
    isConnected = true;
  });
  producer.on('producer.disconnect', () => {
    isConnected = false;
  });

  /** Once: later the producer reconnects by itself. */
  async function connect(): Promise<void> {
    if (isConnected) return;
    connecting ??= producer.connect().finally(() => {
      connecting = null;
    });
    await connecting;
  }

  return {
    send: async ({ topic, partition }, records, timestampMs) => {
      await connect();
      const timestamp = String(timestampMs);
      const messages = records.map(({ key, value }) => ({ key, value, partition, timestamp }));
      const compression = compressionTypes[config.compression];
      await producer.send({ topic, messages, acks: acknowledgedByAll, timeout: acknowledgeTimeoutMs, compression });
    },
    check: async (topic) => {
      if (await admin.hasTopic(topic)) return;
      // Only a producer makes brokers create a topic; it asks for one even when it has nothing to send.
      await connect();
      await producer.send({ topic, messages: [] });
      await admin.check(topic);
    },
    close: async () => {
      await Promise.allSettled([producer.disconnect(), admin.close()]);
    },
  };
}
