/**
 * Publishing by @platformatic/kafka: 2 CPU seconds per million events, where kafkajs takes 4.6.
 */
import { Producer } from '@platformatic/kafka';

import { isTimeout } from './kafka-error.ts';
import { acknowledgeTimeoutMs, connectTimeoutMs, hasHostNames, platformaticSasl, requestTimeoutMs, tlsOptions } from './kafka-settings.ts';

import type { KafkaConfig } from '@sluice/config';
import type { Connection } from '@platformatic/kafka';
import type { DriverDeps, PublishDriver } from './publish-driver.ts';

type BufferProducer = Producer;

/** The default of this client: the leader alone. Ours: all in-sync replicas. */
const acknowledgedByAll = -1;
const metadataMaxAgeMs = 30_000;

export function createPlatformaticDriver(config: KafkaConfig, { sockets }: DriverDeps): PublishDriver {
  let producer: BufferProducer | null = null;

  function current(): BufferProducer {
    if (producer !== null && !producer.closed) return producer;
    producer = createProducer(config);
    producer.on('client:broker:connect', ({ connection }: { connection: Connection }) => sockets.add(connection.socket));
    return producer;
  }

  /** After a request without an answer its connection may be out of step with what it reads: none of them is used again. */
  async function withProducer<T>(call: (producer: BufferProducer) => Promise<T>): Promise<T> {
    const used = current();
    try {
      return await call(used);
    } catch (error) {
      if (isTimeout(error) && producer === used) {
        producer = null;
        void used.close(true).catch(() => undefined);
      }
      throw error;
    }
  }

  return {
    send: async ({ topic, partition }, records, timestampMs) => {
      const timestamp = BigInt(timestampMs);
      const messages = records.map(({ key, value }) =>
        key === null ? { topic, partition, value, timestamp } : { topic, partition, key: Buffer.from(key), value, timestamp },
      );
      await withProducer((used) =>
        used.send({ messages, acks: acknowledgedByAll, idempotent: false, compression: config.compression, autocreateTopics: true }),
      );
    },
    check: async (topic) => {
      await withProducer((used) => used.metadata({ topics: [topic], autocreateTopics: true, forceUpdate: true }));
    },
    close: async () => {
      await producer?.close(true);
    },
  };
}

function createProducer(config: KafkaConfig): BufferProducer {
  const tls = tlsOptions(config);
  const sasl = platformaticSasl(config);
  return new Producer({
    clientId: config.client_id,
    bootstrapBrokers: config.bootstrap_servers,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: acknowledgeTimeoutMs,
    metadataMaxAge: metadataMaxAgeMs,
    // Our own loop repeats a failed batch; a second loop below it would only hide why.
    retries: 0,
    idempotent: false,
    autocreateTopics: true,
    ...(tls === undefined ? {} : { tls, tlsServerName: hasHostNames(config) }),
    ...(sasl === undefined ? {} : { sasl }),
  });
}
