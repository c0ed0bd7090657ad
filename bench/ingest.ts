/**
 * A log file into a real Kafka by the shipped ingest: `node bench/ingest.ts [--lines N] [--samples N]`.
 *
 * Every sample starts a Kafka of its own: one broker, no replicas, on the same machine, warmed by a smaller file in another
 * topic. A sample counts when the offsets of the topic say that every line is there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startKafka } from '@sluice/testing';

import { benchmarkLog } from './benchmark-log.ts';
import { buildBundles } from './bundles.ts';
import { expectRecords, fillTopic } from './fill-topic.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder } from './measure-process.ts';
import { launchService } from './running-service.ts';
import { writeServiceConfig } from './service-config.ts';
import { watchTopic } from './watched-topic.ts';

const { values } = parseArgs({ options: { ...commonOptions, lines: { type: 'string', default: '1000000' } } });
const lines = Number(values.lines);
const warmUpLines = Math.min(lines, 100_000);
const pollPauseMs = 20;

const cases = [
  { name: 'file-platformatic', title: '`ingest --file`, platformatic (the default)' },
  { name: 'file-kafkajs', title: '`ingest --file`, kafkajs' },
  { name: 'follow-platformatic', title: 'following the file, with checkpoints, platformatic' },
];

if (values.case === undefined) {
  buildBundles();
  for (const count of [lines, warmUpLines]) benchmarkLog(count);
  // The broker is another process on this machine.
  runBenchmark({ name: 'ingest', script: import.meta.filename, cases, values, args: ['--lines', String(lines)], allCores: true });
} else {
  await sample(values.case);
}

async function sample(name: string): Promise<void> {
  const [way, producer] = name.split('-');
  await inWorkFolder(async (folder) => {
    const kafka = await startKafka({ heapMb: 1024 });
    try {
      const { bootstrapServers } = kafka;
      const topicOf = (topic: string): { bootstrapServers: string; topic: string; configFile: string; folder: string } => {
        const sections = { kafka: { producer }, source: { paths: [benchmarkLog(lines)] } };
        return { bootstrapServers, topic, folder, configFile: writeServiceConfig(folder, topic, { bootstrapServers, topic }, sections) };
      };
      await fillTopic(topicOf('warm'), benchmarkLog(warmUpLines), warmUpLines);
      await (way === 'file' ? readOnce(topicOf('logs')) : follow(topicOf('logs')));
    } finally {
      await kafka.stop();
    }
  });
}

async function readOnce(to: Parameters<typeof fillTopic>[0]): Promise<void> {
  const { wallSeconds, cpuSeconds, maxRssBytes, threads } = await fillTopic(to, benchmarkLog(lines), lines);
  reportSample({ wallSeconds, cpuSeconds, maxRssBytes, threads, figures: { lines } });
}

/** From the start of the process until the brokers have every line. */
async function follow(to: Parameters<typeof fillTopic>[0]): Promise<void> {
  const topic = watchTopic(to.bootstrapServers, to.topic);
  const startedAt = performance.now();
  const service = launchService('ingest', to.configFile, to.folder);
  try {
    await service.ready;
    while ((await topic.recordCount()) < lines) await sleep(pollPauseMs);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const { cpuSeconds, maxRssBytes } = service.usage();
    await service.stop();
    await expectRecords(to, lines);
    reportSample({ wallSeconds, cpuSeconds, maxRssBytes, figures: { lines } });
  } finally {
    await service.kill();
    await topic.close();
  }
}
