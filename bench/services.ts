/**
 * Both services following one file through a real Kafka and a real OpenSearch: what they cost while nothing happens, and how
 * long a line takes. `node bench/services.ts [--idle-seconds N] [--appends N] [--samples N]`.
 *
 * The ids of lines follow from where they stand, so OpenSearch is asked for those that are still missing, again and again: by
 * real-time get whether they are stored, by search whether they are found. The time of an answer is the upper end.
 */
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';

import { formatEventId, parseEventId } from '@sluice/event';
import { createLogGenerator, startKafka, startOpenSearch, waitFor } from '@sluice/testing';

import { appendLines, longestGapMs, percentiles, shortestGapMs } from './append-lines.ts';
import { buildBundles } from './bundles.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder } from './measure-process.ts';
import { startService } from './running-service.ts';
import { askOpenSearch } from './search-index.ts';
import { writeServiceConfig } from './service-config.ts';

import type { LogGenerator } from '@sluice/testing';
import type { RunningService } from './running-service.ts';

const { values } = parseArgs({
  options: {
    ...commonOptions,
    samples: { type: 'string', default: '1' },
    'idle-seconds': { type: 'string', default: '60' },
    appends: { type: 'string', default: '300' },
  },
});
const idleSeconds = Number(values['idle-seconds']);
const appends = Number(values.appends);

const alias = 'followed';
/** With `index_period: none` there is one index, so a document is found by its id alone. */
const index = `${alias}-all`;
const linesBefore = 1000;
const pollPauseMs = 2;
/** Until compilation, the first batches and their checkpoints are over. */
const settleMs = 10_000;

const cases = [
  { name: 'idle', title: 'nothing happens' },
  { name: 'stored', title: `single lines, ${shortestGapMs} to ${longestGapMs} ms apart, until stored` },
  { name: 'searchable', title: `single lines, ${shortestGapMs} to ${longestGapMs} ms apart, until found by search` },
];

interface Followed {
  readonly ingest: RunningService;
  readonly indexer: RunningService;
  readonly openSearchUrl: string;
  readonly file: string;
  readonly generator: LogGenerator;
}

if (values.case === undefined) {
  buildBundles();
  const args = ['--idle-seconds', String(idleSeconds), '--appends', String(appends)];
  runBenchmark({ name: 'services', script: import.meta.filename, cases, values, args, allCores: true });
} else {
  const { case: name } = values;
  await withServices((followed) =>
    name === 'idle' ? measureIdle(followed) : measureAppends(followed, name === 'stored' ? findStored : findSearchable),
  );
}

async function withServices(work: (followed: Followed) => Promise<void>): Promise<void> {
  await inWorkFolder(async (folder) => {
    await using started = new AsyncDisposableStack();
    const [kafka, openSearch] = await Promise.all([startKafka(), startOpenSearch({ heapMb: 1024 })]);
    started.defer(() => kafka.stop());
    started.defer(() => openSearch.stop());
    const generator = createLogGenerator({ seed: 3, targetLineBytes: 250 });
    const file = path.join(folder, 'access.log');
    writeFileSync(file, generator.buffer(linesBefore));
    const targets = { bootstrapServers: kafka.bootstrapServers, topic: 'logs', openSearchUrl: openSearch.url, index: alias };
    const sections = { source: { paths: [file] }, elasticsearch: { index_period: 'none', refresh_interval_seconds: 1 } };
    const configFile = writeServiceConfig(folder, 'services', targets, sections);
    const ingest = await startService('ingest', configFile, folder);
    started.defer(() => ingest.kill());
    const indexer = await startService('indexer', configFile, folder);
    started.defer(() => indexer.kill());
    await waitFor(async () => (await countDocuments(openSearch.url)) === linesBefore, 60_000, 'the lines of before');
    await sleep(settleMs);
    await work({ ingest, indexer, openSearchUrl: openSearch.url, file, generator });
    await Promise.all([ingest.stop(), indexer.stop()]);
  });
}

async function countDocuments(url: string): Promise<number> {
  return Number((await askOpenSearch(url, `/${index}/_count`))['count']);
}

async function measureIdle({ ingest, indexer }: Followed): Promise<void> {
  const before = [ingest.usage(), indexer.usage()];
  const startedAt = performance.now();
  await sleep(idleSeconds * 1000);
  const after = [ingest.usage(), indexer.usage()];
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const [ingestSeconds = Number.NaN, indexerSeconds = Number.NaN] = after.map(({ cpuSeconds }, at) => cpuSeconds - (before[at]?.cpuSeconds ?? 0));
  const figures = { ingestCpuPercent: (100 * ingestSeconds) / wallSeconds, indexerCpuPercent: (100 * indexerSeconds) / wallSeconds };
  reportSample({ wallSeconds, cpuSeconds: ingestSeconds + indexerSeconds, maxRssBytes: totalRss(after), figures });
}

/** Returns those of the ids that are there. */
type FindIds = (url: string, ids: readonly string[]) => Promise<readonly string[]>;

async function measureAppends({ ingest, indexer, openSearchUrl, file, generator }: Followed, find: FindIds): Promise<void> {
  const fileKey = await findFileKey(openSearchUrl);
  const missing = new Map<string, number>();
  let offset = statSync(file).size;
  const [startedAt, before] = [performance.now(), ingest.usage().cpuSeconds + indexer.usage().cpuSeconds];
  const appending = appendLines(file, appends, generator, (line, atMs) => {
    missing.set(formatEventId(fileKey, offset, crc32(line)), atMs);
    offset += line.length + 1;
  });
  const { latencies, answers } = await watchIds(openSearchUrl, missing, find);
  await appending;
  const after = [ingest.usage(), indexer.usage()];
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = after.reduce((sum, usage) => sum + usage.cpuSeconds, -before);
  const figures = { appends, ...percentiles(latencies), meanAnswerMs: (wallSeconds * 1000) / answers };
  const series = { latencyMs: latencies.map((ms) => Math.round(ms * 10) / 10) };
  reportSample({ wallSeconds, cpuSeconds, maxRssBytes: totalRss(after), figures, series });
}

/** The part of an id that all lines of a file share, from any line that is there. */
async function findFileKey(url: string): Promise<string> {
  const { hits } = await askOpenSearch(url, `/${index}/_search`, { size: 1, _source: false });
  const [hit] = (hits as { readonly hits: readonly { readonly _id: string }[] }).hits;
  const origin = parseEventId(hit?._id ?? '');
  if (origin === null) throw new Error(`${hit?._id ?? 'nothing'} is no id of a line`);
  return origin.fileKey;
}

/** Asks for what is missing until nothing is. */
async function watchIds(url: string, missing: Map<string, number>, find: FindIds): Promise<{ latencies: number[]; answers: number }> {
  const latencies: number[] = [];
  let answers = 0;
  while (latencies.length < appends) {
    const found = missing.size === 0 ? [] : await find(url, [...missing.keys()]);
    const now = performance.now();
    answers++;
    for (const id of found) {
      latencies.push(now - (missing.get(id) ?? Number.NaN));
      missing.delete(id);
    }
    await sleep(pollPauseMs);
  }
  return { latencies, answers };
}

async function findStored(url: string, ids: readonly string[]): Promise<readonly string[]> {
  const { docs } = await askOpenSearch(url, `/${index}/_mget?_source=false&realtime=true`, { ids });
  return (docs as readonly { readonly _id: string; readonly found: boolean }[]).filter(({ found }) => found).map(({ _id }) => _id);
}

async function findSearchable(url: string, ids: readonly string[]): Promise<readonly string[]> {
  const question = { query: { ids: { values: ids } }, size: ids.length, _source: false, track_total_hits: false };
  const { hits } = await askOpenSearch(url, `/${index}/_search`, question);
  return (hits as { readonly hits: readonly { readonly _id: string }[] }).hits.map(({ _id }) => _id);
}

function totalRss(usages: readonly { readonly maxRssBytes: number }[]): number {
  return usages.reduce((sum, { maxRssBytes }) => sum + maxRssBytes, 0);
}
