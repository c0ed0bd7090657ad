/**
 * Storing events in a real OpenSearch: `node bench/opensearch.ts [--events N] [--samples N]`.
 *
 * Every sample starts an OpenSearch of its own: one node, one shard, no replicas, on the same machine. Batches of 1000 events, four
 * at once as the indexer has them; the store sends two requests at a time.
 */
import { parseArgs } from 'node:util';

import { loadConfig } from '@sluice/config';
import { encodeEvent, formatEventId } from '@sluice/event';
import { createOpenSearchStore } from '@sluice/opensearch';
import { compileLogFormat, LineRefusal } from '@sluice/parser';
import { silentLogger } from '@sluice/ports';
import { buildEnrichment, buildEvent, createLogGenerator, startOpenSearch } from '@sluice/testing';

import { commonOptions, measure, runBenchmark } from './harness.ts';

import type { OpenSearchStore } from '@sluice/opensearch';
import type { StoreDocument } from '@sluice/ports';
import type { OpenSearchVersion } from '@sluice/testing';

const { values } = parseArgs({ options: { ...commonOptions, events: { type: 'string', default: '200000' } } });
const eventCount = Number(values.events);
const batchSize = 1000;
const batchesInWork = 4;

const cases = (['3', '2'] as const).flatMap((version) => [
  { name: `${version}-encoded`, title: `OpenSearch ${version}, events as they come from a topic` },
  { name: `${version}-objects`, title: `OpenSearch ${version}, events of this process` },
  { name: `${version}-repeated`, title: `OpenSearch ${version}, events stored before` },
]);

if (values.case === undefined) {
  const args = ['--events', String(eventCount)];
  // The cluster is another process on this machine.
  runBenchmark({ name: 'opensearch', script: import.meta.filename, cases, values, args, allCores: true });
} else {
  const [version, kind] = values.case.split('-');
  await runCase(version as OpenSearchVersion, kind !== 'objects', kind === 'repeated');
}

async function runCase(version: OpenSearchVersion, isEncoded: boolean, isRepeated: boolean): Promise<void> {
  const service = await startOpenSearch({ version, heapMb: 1024 });
  const config = { ...loadConfig({ env: {} }).config.elasticsearch, host: service.url, replicas: 0, refresh_interval_seconds: 30 };
  const store = createOpenSearchStore(config, { logger: silentLogger });
  try {
    // A JVM that has just started has a third of its speed.
    await storeAll(store, buildDocuments(1, isEncoded), 'stored');
    const documents = buildDocuments(2, isEncoded);
    if (isRepeated) await storeAll(store, documents, 'stored');
    await measure(() => storeAll(store, documents, isRepeated ? 'duplicate' : 'stored'));
  } finally {
    await store.close();
    await service.stop();
  }
}

/** Events of generated lines of some 250 bytes, each with an id of its own, enriched as an ordinary visit is. */
function buildDocuments(seed: number, isEncoded: boolean): StoreDocument[] {
  const parser = compileLogFormat('combined');
  const lines = createLogGenerator({ seed, targetLineBytes: 250 }).buffer(eventCount).toString('latin1').split('\n');
  return lines.flatMap((line, at): StoreDocument[] => {
    const parsed = line === '' ? null : parser.parse(line);
    if (parsed === null || parsed instanceof LineRefusal) return [];
    const event = buildEvent({ ...parsed, event_id: formatEventId(`a1b2c3d4e5f6071${seed}`, at * 250, at), log_offset: at * 250 });
    const enrichment = buildEnrichment({ geo_country: 'Austria', geo_country_code: 'AT', geo_city: 'Vienna', geo_location: { lat: 48.2, lon: 16.37 }, browser: 'Firefox', os: 'Linux' }); // prettier-ignore
    return [{ event, enrichment, encoded: isEncoded ? encodeEvent(event) : undefined }];
  });
}

async function storeAll(store: OpenSearchStore, documents: readonly StoreDocument[], expected: string): Promise<Record<string, number>> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < documents.length) {
      const batch = documents.slice(next, next + batchSize);
      next += batch.length;
      const result = await store.write({ documents: batch, deadLetters: [] });
      if (result.documents.some(({ kind }) => kind !== expected)) throw new Error(`an event was not ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: batchesInWork }, lane));
  return { lines: documents.length };
}
