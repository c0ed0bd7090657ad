/**
 * A backlog in Kafka into a real OpenSearch by the shipped indexer: `node bench/indexer.ts [--events N] [--samples N]`.
 *
 * Every sample starts a Kafka and an OpenSearch of its own on this machine, fills a topic, warms OpenSearch, and has the bare
 * sender (`bare-sender.ts`) send as many documents before and after the indexer: what it reaches is what there is to reach.
 * A sample counts when the index holds every event.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';

import { runProcess, startKafka, startOpenSearch } from '@sluice/testing';

import { benchmarkLog } from './benchmark-log.ts';
import { buildBundles } from './bundles.ts';
import { fillTopic } from './fill-topic.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder } from './measure-process.ts';
import { startService } from './running-service.ts';
import { expectDocuments, removeIndices } from './search-index.ts';
import { withoutEnrichment, writeServiceConfig } from './service-config.ts';
import { recordsPerSecond, watchTopic } from './watched-topic.ts';

import type { BareSending } from './bare-sender.ts';
import type { ServiceTargets } from './service-config.ts';

const { values } = parseArgs({ options: { ...commonOptions, events: { type: 'string', default: '300000' } } });
const events = Number(values.events);
const warmUpEvents = Math.min(events, 100_000);
const deadlineMs = 1_800_000;

const cases = [
  { name: 'no-enrichment', title: 'without places, bots and threats' },
  { name: 'everything', title: 'everything on: city, bots and agents, threats' },
];

if (values.case === undefined) {
  buildBundles();
  benchmarkLog(events);
  // The servers are other processes on this machine.
  runBenchmark({ name: 'indexer', script: import.meta.filename, cases, values, args: ['--events', String(events)], allCores: true });
} else {
  await sample(values.case);
}

async function sample(enrichment: string): Promise<void> {
  await inWorkFolder(async (folder) => {
    await using started = new AsyncDisposableStack();
    const [kafka, openSearch] = await Promise.all([startKafka({ heapMb: 512 }), startOpenSearch({ heapMb: 1024 })]);
    started.defer(() => kafka.stop());
    started.defer(() => openSearch.stop());
    const targets: ServiceTargets = { bootstrapServers: kafka.bootstrapServers, topic: 'logs', openSearchUrl: openSearch.url, index: 'indexed' };
    const configFile = writeServiceConfig(folder, 'services', targets, enrichment === 'everything' ? {} : withoutEnrichment);
    await fillTopic({ ...targets, configFile, folder }, benchmarkLog(events), events);
    // A JVM that has just started has a third of its speed.
    await sendBare(openSearch.url, 'warm', warmUpEvents, enrichment);
    const before = await sendBare(openSearch.url, 'before', events, enrichment);
    const indexed = await indexAll(targets, configFile, folder);
    await expectDocuments(openSearch.url, 'indexed', events);
    await removeIndices(openSearch.url, 'indexed');
    const after = await sendBare(openSearch.url, 'after', events, enrichment);
    const bareDocsPerSecond = (rateOf(before) + rateOf(after)) / 2;
    const bareCpuSeconds = (before.cpuSeconds + after.cpuSeconds) / 2;
    reportSample({ ...indexed, figures: { lines: events, ...indexed.figures, bareDocsPerSecond, bareCpuSeconds } });
  });
}

/** From the moment the indexer begins to consume until the group has committed everything; starting the process is not in it. */
async function indexAll(targets: ServiceTargets, configFile: string, folder: string): Promise<Parameters<typeof reportSample>[0]> {
  const topic = watchTopic(targets.bootstrapServers, targets.topic);
  const indexer = await startService('indexer', configFile, folder);
  try {
    const [startedAt, before] = [performance.now(), indexer.usage()];
    const steps = await topic.untilCommitted(deadlineMs);
    const [wallSeconds, after] = [(performance.now() - startedAt) / 1000, indexer.usage()];
    await indexer.stop();
    const figures = { docsPerSecond: recordsPerSecond(steps), startCpuSeconds: before.cpuSeconds };
    return { wallSeconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds, maxRssBytes: after.maxRssBytes, figures };
  } finally {
    await indexer.kill();
    await topic.close();
  }
}

async function sendBare(url: string, index: string, count: number, enrichment: string): Promise<BareSending> {
  const script = path.join(import.meta.dirname, 'bare-sender.ts');
  const { exitCode, stdout, stderr } = await runProcess([script, url, index, benchmarkLog(events), String(count), enrichment], {
    timeoutMs: deadlineMs,
  });
  if (exitCode !== 0) throw new Error(`the bare sender ended with ${exitCode ?? 'a signal'}:\n${stderr}`);
  await expectDocuments(url, index, count);
  await removeIndices(url, index);
  return JSON.parse(stdout) as BareSending;
}

function rateOf({ documents, wallSeconds }: BareSending): number {
  return documents / wallSeconds;
}
