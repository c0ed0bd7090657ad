/**
 * Publishing to and consuming from a real Kafka: `node bench/kafka.ts [--events N] [--samples N]`.
 *
 * Every sample starts a Kafka of its own: one broker, no replicas, on the same machine. Publishing: acknowledged by all
 * replicas, 1000 events a call, four calls pending, 12 partitions. Consuming: one member, every batch committed.
 */
import { parseArgs } from 'node:util';

import { loadConfig } from '@sluice/config';
import { createKafkaConsumer, createKafkaPublisher } from '@sluice/kafka';
import { compileLogFormat, LineRefusal } from '@sluice/parser';
import { silentLogger } from '@sluice/ports';
import { buildEvent, createLogGenerator, startKafka } from '@sluice/testing';

import { commonOptions, measure, runBenchmark } from './harness.ts';

import type { KafkaConfig } from '@sluice/config';
import type { OutgoingRecord } from '@sluice/ports';

const { values } = parseArgs({ options: { ...commonOptions, events: { type: 'string', default: '1000000' } } });
const eventCount = Number(values.events);
const eventsPerCall = 1000;
const pendingCalls = 4;
const batchesInWork = 4;
const distinctCalls = 20;

const cases = ['platformatic', 'kafkajs'].flatMap((producer) =>
  ['snappy', 'zstd'].map((compression) => ({ name: `publish-${producer}-${compression}`, title: `publish, ${producer}, ${compression}` })),
);
const consumeCases = ['snappy', 'zstd'].map((compression) => ({ name: `consume-${compression}`, title: `consume, ${compression}` }));

const ignore = (): undefined => undefined;
const telemetry = { connectionsChanged: ignore, lag: ignore, lagSeconds: ignore, publishRetry: ignore, rebalanced: ignore };

if (values.case === undefined) {
  const args = ['--events', String(eventCount)];
  // The broker is another process on this machine.
  runBenchmark({ name: 'kafka', script: import.meta.filename, cases: [...cases, ...consumeCases], values, args, allCores: true });
} else {
  await runCase(values.case.split('-'));
}

async function runCase(words: readonly string[]): Promise<void> {
  const kafka = await startKafka({ heapMb: 1024 });
  try {
    const producer = words[0] === 'publish' ? (words[1] as KafkaConfig['producer']) : 'platformatic';
    const config: KafkaConfig = {
      ...loadConfig({ env: {} }).config.kafka,
      bootstrap_servers: [kafka.bootstrapServers],
      create_topic: true,
      producer,
      compression: words.at(-1) as KafkaConfig['compression'],
    };
    const calls = buildCalls();
    if (words[0] === 'consume') {
      await publishAll(config, calls);
      await measure(() => consumeAll(config));
    } else {
      // Connections, topics and the first compilation are not what is measured.
      await publishAll(config, calls, eventsPerCall * pendingCalls);
      await measure(() => publishAll(config, calls));
    }
  } finally {
    await kafka.stop();
  }
}

/** Some calls of different events; they are published again and again. */
function buildCalls(): OutgoingRecord[][] {
  const parser = compileLogFormat('combined');
  const lines = createLogGenerator({ seed: 1, targetLineBytes: 250 })
    .buffer(distinctCalls * eventsPerCall)
    .toString('latin1')
    .split('\n');
  const events = lines.flatMap((line): OutgoingRecord[] => {
    const parsed = line === '' ? null : parser.parse(line);
    return parsed === null || parsed instanceof LineRefusal ? [] : [{ kind: 'event', event: buildEvent(parsed) }];
  });
  return Array.from({ length: Math.floor(events.length / eventsPerCall) }, (_, call) =>
    events.slice(call * eventsPerCall, (call + 1) * eventsPerCall),
  );
}

async function publishAll(config: KafkaConfig, calls: readonly OutgoingRecord[][], count = eventCount): Promise<Record<string, number>> {
  const publisher = createKafkaPublisher(config, { telemetry, logger: silentLogger });
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      const records = calls[(begun / eventsPerCall) % calls.length] ?? [];
      begun += eventsPerCall;
      await publisher.publish(records, { readAtMs: Date.now() });
    }
  };
  await Promise.all(Array.from({ length: pendingCalls }, lane));
  await publisher.close();
  return { lines: begun };
}

async function consumeAll(config: KafkaConfig): Promise<Record<string, number>> {
  const consumer = createKafkaConsumer(config, { batchSize: eventsPerCall, maxInWork: batchesInWork }, { telemetry, logger: silentLogger });
  const all = Promise.withResolvers<undefined>();
  let seen = 0;
  const ran = consumer.run(({ records }) => {
    seen += records.length;
    if (seen >= eventCount) all.resolve(undefined);
    return Promise.resolve();
  });
  await all.promise;
  await consumer.stop(5000);
  await ran;
  return { lines: seen };
}
