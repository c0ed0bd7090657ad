/**
 * What the tests of this folder share: settings, topics of their own, and what a topic really holds.
 */
import { randomUUID } from 'node:crypto';

import { configSchema } from '@sluice/config';
import { silentLogger, systemClock } from '@sluice/ports';

import { createKafkaJs } from '../kafkajs-client.ts';
import { trackSockets } from '../tracked-sockets.ts';

import type { KafkaConfig } from '@sluice/config';
import type { LogEvent } from '@sluice/event';
import type { Kafka } from 'kafkajs';

export const drivers = ['platformatic', 'kafkajs'] as const;
export const compressions = ['none', 'snappy', 'zstd', 'lz4', 'gzip'] as const;

/** Settings for tests: short delays, a topic and a group that nobody else uses. */
export function kafkaConfig(bootstrapServers: string, overrides: Partial<KafkaConfig> = {}): KafkaConfig {
  const id = randomUUID();
  const { kafka } = configSchema.parse({
    kafka: {
      bootstrap_servers: bootstrapServers.split(','),
      topic: `topic-${id}`,
      group_id: `group-${id}`,
      create_topic: true,
      partitions: 3,
      session_timeout_ms: 6000,
      retry_first_delay_ms: 50,
      retry_max_delay_ms: 500,
    },
  });
  return { ...kafka, ...overrides };
}

/** A plain client for what a test looks at or does besides. */
export function plainKafka(config: KafkaConfig): Kafka {
  return createKafkaJs(config, {
    logger: silentLogger,
    clock: systemClock,
    sockets: trackSockets({ connectionsChanged: () => undefined }),
  });
}

export interface SeenRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
}

/**
 * All records of a topic in the order of partitions and offsets. Waits until `isComplete` holds; by default until what
 * the brokers have now is read.
 */
export async function readTopic(
  config: KafkaConfig,
  topic = config.topic,
  isComplete?: (records: readonly SeenRecord[]) => boolean,
): Promise<SeenRecord[]> {
  const kafka = plainKafka(config);
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const expected = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const isDone = isComplete ?? ((records) => records.length >= expected);
  const records: SeenRecord[] = [];
  if (isDone(records)) return records;
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, sessionTimeout: 30_000, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const done = Promise.withResolvers<undefined>();
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { key, value, offset, timestamp } of batch.messages) {
        const seenKey = key === null ? null : key.toString();
        records.push({ partition: batch.partition, offset: Number(offset), key: seenKey, value, timestampMs: Number(timestamp) });
      }
      if (isDone(records)) done.resolve(undefined);
      return Promise.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

export function eventOf(record: SeenRecord): LogEvent {
  return JSON.parse(String(record.value)) as LogEvent;
}

/** Event ids of records, in their order. */
export function idsOf(records: readonly SeenRecord[]): string[] {
  return records.map((record) => eventOf(record).event_id);
}
