/**
 * What joins the halves in one process: the in-process channel, or a Kafka topic.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { isSluiceError } from '@sluice/errors';
import { createKafkaConsumer, createKafkaPublisher } from '@sluice/kafka';

import { batchesInWork } from './batches-in-work.ts';
import { checkPublisher, createConsumerCheck } from './component-checks.ts';
import { createMemoryChannel } from './memory-channel.ts';

import type { Config } from '@sluice/config';
import type { Clock, Logger, RecordConsumer, RecordPublisher } from '@sluice/ports';
import type { ComponentCheck, Metrics } from '@sluice/telemetry';
import type { DependencyCheck } from './await-dependencies.ts';

export interface Transport {
  readonly publisher: RecordPublisher;
  readonly consumer: RecordConsumer;
  /** Where dead letters of the indexing half go; undefined: into the store. */
  readonly letters: RecordPublisher | undefined;
  /** Resolves when everything that was published has been consumed, or when the transport is closed. */
  settled(): Promise<void>;
  /** What has to be there, by name; empty in one process. */
  readonly dependencies: Readonly<Record<string, DependencyCheck>>;
  /** Health by component. */
  readonly checks: Readonly<Record<string, ComponentCheck>>;
  /** Says why only a restart would help, or null. */
  stalled(): string | null;
  /** `leftMs` gives the time that is left until the deadline. */
  close(leftMs: () => number): Promise<void>;
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
    letters: undefined,
    // A publish resolves when its batch was handled.
    settled: () => Promise.resolve(),
    dependencies: {},
    checks: {},
    stalled: () => null,
    close: (leftMs) => channel.stop(leftMs()),
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
    letters: publisher,
    settled: async () => {
      while (!closed && !(await consumer.caughtUp().catch(waitedFor))) await delay(settledPollMs);
    },
    dependencies: {
      kafka: async () => {
        await Promise.all([publisher.check(), consumer.check()]);
      },
    },
    checks: {
      kafka: () => checkPublisher(publisher),
      consumer: createConsumerCheck(consumer, clock),
    },
    stalled: () => consumer.stalled(),
    close: async (leftMs) => {
      closed = true;
      await consumer.stop(leftMs());
      await publisher.close(leftMs());
    },
  };
}

/** An outage is waited for; what no waiting heals ends the run. */
function waitedFor(error: unknown): false {
  if (isSluiceError(error) && error.retryable) return false;
  throw error;
}
