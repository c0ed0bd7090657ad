/**
 * Several indexers of one group on one machine: `node bench/scaling.ts [--events N] [--phase-seconds N] [--samples N]`.
 *
 * Backlog: one, two or four of them work off the same topic of 12 partitions. Rebalance: events keep coming while a second
 * one joins, the first is killed, and a third joins and leaves; the brokers are asked how far the group is, again and again, and a
 * partition that has events and no commit for a while stands still.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startKafka, startOpenSearch } from '@sluice/testing';

import { benchmarkLog } from './benchmark-log.ts';
import { buildBundles } from './bundles.ts';
import { fillTopic } from './fill-topic.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder } from './measure-process.ts';
import { publishSteadily } from './publish-steadily.ts';
import { launchService, startService } from './running-service.ts';
import { expectDocuments } from './search-index.ts';
import { writeServiceConfig } from './service-config.ts';
import { watchStandstills } from './standstills.ts';
import { recordsPerSecond, watchTopic } from './watched-topic.ts';

import type { ServiceTargets } from './service-config.ts';

const { values } = parseArgs({
  options: { ...commonOptions, events: { type: 'string', default: '300000' }, 'phase-seconds': { type: 'string', default: '20' } },
});
const events = Number(values.events);
const phaseMs = Number(values['phase-seconds']) * 1000;
const deadlineMs = 1_800_000;
/** The rate is taken from here on: by then all members have joined. */
const fromShare = 0.25;
/** A member that was killed is missed after `kafka.session_timeout_ms`, 10 s. */
const killPhaseMs = phaseMs + 15_000;

const cases = [
  ...[1, 2, 4].map((count) => ({ name: `backlog-${count}`, title: count === 1 ? 'one indexer' : `${count} indexers` })),
  { name: 'rebalance', title: 'members come and go' },
];

interface Servers {
  readonly folder: string;
  readonly targets: ServiceTargets & { readonly openSearchUrl: string; readonly index: string };
  readonly configFile: string;
}

if (values.case === undefined) {
  buildBundles();
  benchmarkLog(events);
  const args = ['--events', String(events), '--phase-seconds', values['phase-seconds']];
  runBenchmark({ name: 'scaling', script: import.meta.filename, cases, values, args, allCores: true });
} else {
  const [kind, count] = values.case.split('-');
  await withServers((servers) => (kind === 'rebalance' ? measureRebalance(servers) : measureBacklog(servers, Number(count))));
}

async function withServers(work: (servers: Servers) => Promise<void>): Promise<void> {
  await inWorkFolder(async (folder) => {
    await using started = new AsyncDisposableStack();
    const [kafka, openSearch] = await Promise.all([startKafka(), startOpenSearch({ heapMb: 1024 })]);
    started.defer(() => kafka.stop());
    started.defer(() => openSearch.stop());
    const targets = { bootstrapServers: kafka.bootstrapServers, topic: 'logs', openSearchUrl: openSearch.url, index: 'scaled' };
    await work({ folder, targets, configFile: writeServiceConfig(folder, 'services', targets) });
  });
}

async function measureBacklog({ folder, targets, configFile }: Servers, count: number): Promise<void> {
  await fillTopic({ ...targets, configFile, folder }, benchmarkLog(events), events);
  const topic = watchTopic(targets.bootstrapServers, targets.topic);
  const indexers = Array.from({ length: count }, () => launchService('indexer', configFile, folder));
  try {
    await Promise.all(indexers.map(({ ready }) => ready));
    const [startedAt, before] = [performance.now(), indexers.map((indexer) => indexer.usage())];
    const steps = await topic.untilCommitted(deadlineMs);
    const [wallSeconds, after] = [(performance.now() - startedAt) / 1000, indexers.map((indexer) => indexer.usage())];
    const stored = await Promise.all(indexers.map((indexer) => indexer.metric('sluice_records_stored_total')));
    const repeated = await Promise.all(indexers.map((indexer) => indexer.metric('sluice_records_duplicate_total')));
    await Promise.all(indexers.map((indexer) => indexer.stop()));
    await expectDocuments(targets.openSearchUrl, targets.index, events);
    reportSample({
      wallSeconds,
      cpuSeconds: after.reduce((sum, { cpuSeconds }, at) => sum + cpuSeconds - (before[at]?.cpuSeconds ?? 0), 0),
      maxRssBytes: Math.max(...after.map(({ maxRssBytes }) => maxRssBytes)),
      figures: { lines: events, docsPerSecond: recordsPerSecond(steps, fromShare), repeated: repeated.reduce((sum, one) => sum + one, 0) },
      series: { storedByMember: stored },
    });
  } finally {
    await Promise.all(indexers.map((indexer) => indexer.kill()));
    await topic.close();
  }
}

async function measureRebalance({ folder, targets, configFile }: Servers): Promise<void> {
  await using started = new AsyncDisposableStack();
  const startMember = async (): Promise<Awaited<ReturnType<typeof startService>>> => {
    const member = await startService('indexer', configFile, folder);
    started.defer(() => member.kill());
    return member;
  };
  const startedAt = performance.now();
  const publishing = publishSteadily(targets.bootstrapServers, targets.topic);
  started.defer(async () => {
    await publishing.stop();
  });
  const topic = watchTopic(targets.bootstrapServers, targets.topic);
  started.defer(() => topic.close());
  const first = await startMember();
  // Compilation, the first batches and the first index are over.
  await sleep(phaseMs);
  const watching = watchStandstills(topic);
  await sleep(phaseMs);
  const steady = watching.take();
  const second = await startMember();
  await sleep(phaseMs);
  const join = watching.take();
  await first.kill();
  await sleep(killPhaseMs);
  const kill = watching.take();
  const third = await startMember();
  await sleep(phaseMs);
  watching.take();
  await third.stop();
  await sleep(phaseMs);
  const leave = watching.take();
  await watching.stop();
  const published = await publishing.stop();
  await topic.untilCommitted(deadlineMs);
  const { cpuSeconds, maxRssBytes } = second.usage();
  await second.stop();
  await expectDocuments(targets.openSearchUrl, targets.index, published);
  const phases = { steady, join, kill, leave };
  const figures = Object.entries(phases).flatMap(([phase, standstills]) => [
    [`${phase}LongestMs`, Math.max(...standstills)],
    [`${phase}ShortestMs`, Math.min(...standstills)],
  ]);
  reportSample({
    wallSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds,
    maxRssBytes,
    figures: { lines: published, ...(Object.fromEntries(figures) as Record<string, number>) },
    series: phases,
  });
}
