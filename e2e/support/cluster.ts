/**
 * The services under test: ingest and indexers as the images run them, over a real broker and a real OpenSearch, with a topic,
 * a group and an index of their own.
 */
import { configSchema } from '@sluice/config';
import { createKafkaConsumer } from '@sluice/kafka';
import { silentLogger, systemClock } from '@sluice/ports';
import { createRecordingTelemetry, waitFor, waitForCount } from '@sluice/testing';

import { findAddress } from './daemon.ts';
import { objectAt, parseObject } from './json-text.ts';

import type { DeadLetter } from '@sluice/event';
import type { ProcessOptions, SpawnedProcess } from '@sluice/testing';
import type { JsonObject } from './json-text.ts';
import type { Sandbox } from './sandbox.ts';

export interface ClusterOptions {
  /** Unique among the tests of a run. */
  readonly name: string;
  readonly bootstrapServers: string;
  readonly openSearchUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Service {
  readonly process: SpawnedProcess;
  readonly baseUrl: string;
  get(path: string): Promise<{ status: number; text: string }>;
}

export interface Cluster {
  readonly topic: string;
  readonly index: string;
  /** What every process of the cluster gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts an indexer and waits until it answers; it is killed when the test ends. */
  startIndexer(env?: Readonly<Record<string, string>>): Promise<Service>;
  /** Starts an ingest that follows `paths`, and waits until it answers. */
  startIngest(paths: readonly string[], env?: Readonly<Record<string, string>>): Promise<Service>;
  /** Runs `ingest --file`; fails unless it ends with 0. Returns what it says of the run. */
  ingestFiles(paths: readonly string[], options?: ProcessOptions): Promise<JsonObject>;
  /** Everything that the index holds, found by the alias. */
  documents(): Promise<JsonObject[]>;
  countDocuments(): Promise<number>;
  /** Waits until the index holds so many documents. */
  waitForDocuments(count: number): Promise<void>;
  /** Everything in the topic of dead letters, each event id once. */
  deadLetters(count: number): Promise<DeadLetter[]>;
}

/** Which OpenSearch answers there. */
export async function versionOf(openSearchUrl: string): Promise<string> {
  const answer = parseObject(await (await fetch(openSearchUrl)).text());
  return String(objectAt(answer, 'version')['number']);
}

/** Names a cluster; nothing is started yet. */
export function createCluster(sandbox: Sandbox, options: ClusterOptions): Cluster {
  const topic = `${options.name}-${process.pid}`;
  const index = `${options.name}-${process.pid}`;
  const env: Readonly<Record<string, string>> = {
    SLUICE_KAFKA__BOOTSTRAP_SERVERS: options.bootstrapServers,
    SLUICE_KAFKA__TOPIC: topic,
    SLUICE_KAFKA__GROUP_ID: topic,
    SLUICE_KAFKA__CREATE_TOPIC: 'true',
    SLUICE_KAFKA__PARTITIONS: '4',
    // A member that was killed is missed after this.
    SLUICE_KAFKA__SESSION_TIMEOUT_MS: '6000',
    SLUICE_ELASTICSEARCH__HOST: options.openSearchUrl,
    SLUICE_ELASTICSEARCH__INDEX: index,
    SLUICE_ELASTICSEARCH__REPLICAS: '0',
    SLUICE_CIRCUIT_BREAKER__RECOVERY_MS: '500',
    SLUICE_SOURCE__POLL_INTERVAL_MS: '50',
    SLUICE_PERFORMANCE__BATCH_AGE_MS: '20',
    SLUICE_SECURITY__ENABLE_GEO_ENRICHMENT: 'false',
    ...options.env,
  };

  const serve = async (process: SpawnedProcess): Promise<Service> => {
    const baseUrl = await findAddress(process);
    const get = async (path: string): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${baseUrl}${path}`);
      return { status: response.status, text: await response.text() };
    };
    return { process, baseUrl, get };
  };
  const ask = async (path: string, body?: unknown): Promise<JsonObject | null> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${options.openSearchUrl}${path}`, init);
    const text = await response.text();
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 500)}`);
    return parseObject(text);
  };
  const countDocuments = async (): Promise<number> => {
    await ask(`/${index}/_refresh`, {});
    return Number((await ask(`/${index}/_count`))?.['count'] ?? 0);
  };

  return {
    topic,
    index,
    env,
    startIndexer: (extra) => serve(sandbox.startBundle('indexer', [], { env: { ...env, ...extra } })),
    startIngest: (paths, extra) =>
      serve(sandbox.startBundle('ingest', [], { env: { ...env, SLUICE_SOURCE__PATHS: JSON.stringify(paths), ...extra } })),
    ingestFiles: async (paths, runOptions = {}) => {
      const { exitCode, stdout, stderr } = await sandbox.runBundle('ingest', ['--json', '--file', ...paths], {
        ...runOptions,
        env: { ...env, ...runOptions.env },
      });
      if (exitCode !== 0) throw new Error(`ingest ended with ${exitCode ?? 'a signal'}: ${stdout}${stderr}`);
      return parseObject(stdout);
    },
    documents: async () => {
      await ask(`/${index}/_refresh`, {});
      const documents: JsonObject[] = [];
      let page = await ask(`/${index}/_search?scroll=1m`, { size: 5000, sort: ['_doc'] });
      for (;;) {
        const hits = page === null ? [] : (objectAt(page, 'hits')['hits'] as JsonObject[]);
        if (page === null || hits.length === 0) return documents;
        for (const hit of hits) documents.push(objectAt(hit, '_source'));
        page = await ask('/_search/scroll', { scroll: '1m', scroll_id: page['_scroll_id'] });
      }
    },
    countDocuments,
    waitForDocuments: (count) => waitForCount(count, countDocuments, 'documents', 90_000),
    deadLetters: (count) => readLetters({ ...options, topic, count }),
  };
}

/** Reads the topic with a group of its own until so many different letters came, then whether more do. */
async function readLetters({ bootstrapServers, topic, count }: { bootstrapServers: string; topic: string; count: number }): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  const kafka = configSchema.parse({
    kafka: { bootstrap_servers: [bootstrapServers], topic: `${topic}.dlq`, group_id: `${topic}-letters-${Date.now()}` },
  }).kafka;
  const consumer = createKafkaConsumer(
    kafka,
    { batchSize: 1000, maxInWork: 1 },
    { telemetry: createRecordingTelemetry(), logger: silentLogger, clock: systemClock },
  );
  const running = consumer.run((batch) => {
    for (const record of batch.records) {
      if (record.kind !== 'encoded' || record.value === null) continue;
      const letter = JSON.parse(record.value.toString()) as DeadLetter;
      letters.set(letter.event_id, letter);
    }
    return Promise.resolve();
  });
  try {
    await waitFor(async () => letters.size >= count && (await consumer.caughtUp()), 30_000, `${count} dead letters`);
  } catch (error) {
    throw new Error(`${count} dead letters were expected, ${letters.size} came`, { cause: error });
  } finally {
    await consumer.stop(5000);
    await running;
  }
  return [...letters.values()];
}
