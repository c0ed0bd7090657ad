/**
 * What joins the halves in one process: the in-process channel, or a Kafka topic.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { createKafkaConsumer, createKafkaPublisher } from '@sluice/kafka';

import { batchesInWork } from './batches-in-work.ts';
import { createMemoryChannel } from './memory-channel.ts';
import { withLettersToTopic } from './letters-to-topic.ts';

import type { Config } from '@sluice/config';
import type { Clock, EventWriter, Logger, RecordConsumer, RecordPublisher } from '@sluice/ports';
import type { Metrics } from '@sluice/telemetry';
import type { DependencyCheck } from './await-dependencies.ts';

export interface Transport {
  readonly publisher: RecordPublisher;
  readonly consumer: RecordConsumer;
  /** The store as the indexing half is to use it. */
  writerFor(store: EventWriter): EventWriter;
  /** Resolves when everything that was published has been consumed, or when the transport is closed. */
  settled(): Promise<void>;
  /** What has to be there, by name; empty in one process. */
  readonly dependencies: Readonly<Record<string, DependencyCheck>>;
  /** Says why only a restart would help, or null. */
  stalled(): string | null;
  close(deadlineMs: number): Promise<void>;
}

const settledPollMs = 250;

/** Opens the transport of `pipeline.transport`; the brokers need not be there yet. */
export function openTransport(config: Config, deps: { metrics: Metrics; logger: Logger; clock: Clock }): Transport {
  return config.pipeline.transport === 'memory' ? openMemory(config) : openKafka(config, deps);
}

function openMemory(config: Config): Transport {
  const channel = createMemoryChannel(batchesInWork(config));
  return {
    publisher: channel,
    consumer: channel,
    writerFor: (store) => store,
    // A publish resolves when its batch was handled.
    settled: () => Promise.resolve(),
    dependencies: {},
    stalled: () => null,
    close: (deadlineMs) => channel.stop(deadlineMs),
  };
}

function openKafka(config: Config, { metrics, logger, clock }: { metrics: Metrics; logger: Logger; clock: Clock }): Transport {
  const telemetry = metrics.transport;
  const publisher = createKafkaPublisher(config.kafka, { telemetry, logger, clock });
  const options = { batchSize: config.performance.batch_size, maxInWork: batchesInWork(config) };
  let closed = false as boolean;
  const consumer = createKafkaConsumer(config.kafka, options, { telemetry, logger, clock });
  return {
    publisher,
    consumer,
    writerFor: (store) => withLettersToTopic(store, publisher, clock),
    settled: async () => {
      while (!closed && !(await consumer.caughtUp())) await delay(settledPollMs);
    },
    dependencies: {
      kafka: async () => {
        await Promise.all([publisher.check(), consumer.check()]);
      },
    },
    stalled: () => consumer.stalled(),
    close: async (deadlineMs) => {
      closed = true;
      await consumer.stop(deadlineMs);
      await publisher.close(deadlineMs);
    },
  };
}
