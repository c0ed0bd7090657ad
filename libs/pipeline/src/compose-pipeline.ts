/**
 * The all-in-one process put together: reads like a list, in the order in which things start; they end in reverse.
 */
import { hostname } from 'node:os';

import { createDuckDbStore } from '@sluice/duckdb';
import { SluiceError } from '@sluice/errors';
import { createAlerts, createIndexing } from '@sluice/indexing';
import { acquireStateLock, createIngestion } from '@sluice/ingestion';
import { createMetrics } from '@sluice/telemetry';

import { composeEnrichment } from './compose-enrichment.ts';
import { createControlServer } from './control-server.ts';
import { createMemoryChannel } from './memory-channel.ts';
import { createMemorySharedState } from './memory-shared-state.ts';
import { storeConfig } from './stored-events.ts';
import { version } from './version.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

import type { Config } from '@sluice/config';
import type { DuckDbStore } from '@sluice/duckdb';
import type { Indexing } from '@sluice/indexing';
import type { Ingestion } from '@sluice/ingestion';
import type { Clock, Logger } from '@sluice/ports';
import type { Metrics } from '@sluice/telemetry';
import type { Readable } from 'node:stream';

/** The store writes best what fills a row group, 30,720 events (`libs/duckdb/src/write-line.ts`): so many have to be on their way, and some more meanwhile. */
const batchesPerWorker = 12;

export interface PipelineDeps {
  readonly logger: Logger;
  readonly clock: Clock;
  /** What the path `-` reads. */
  readonly stdin: Readable;
}

export interface Pipeline {
  readonly store: DuckDbStore;
  readonly ingestion: Ingestion;
  readonly indexing: Indexing;
  readonly metrics: Metrics;
  /** Rejects when the pipeline cannot go on; never resolves before `close`. */
  readonly running: Promise<void>;
  /** Stops reading, drains what is in work within the deadline, closes the store. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens everything that one process needs to read, enrich and store.
 *
 * Errors: STATE_LOCKED or STORE_LOCKED when another process works with the same files, STORE_CORRUPT, STATE_UNWRITABLE.
 */
export async function composePipeline(config: Config, deps: PipelineDeps): Promise<Pipeline> {
  requireOneMachine(config);
  const { logger, clock } = deps;
  const deadlineMs = config.shutdown.deadline_seconds * 1000;
  await using opened = new AsyncDisposableStack();

  // 1. Where events end up; other commands ask this process through the state folder.
  const answering = Promise.withResolvers<DuckDbStore>();
  const stateLock = await acquireStateLock(config.state.directory, createControlServer(answering.promise));
  opened.defer(() => stateLock.release());
  const store = await createDuckDbStore(storeConfig(config, false), { logger });
  opened.defer(() => store.close());
  answering.resolve(store);

  // 2. What is known about an event.
  const enrichment = await composeEnrichment(config, { logger });
  opened.defer(() => enrichment.close());
  const metrics = createMetrics({ version });
  metrics.registerCaches(() => enrichment.enricher.cacheStats());

  // 3. Indexing: batches become stored events.
  const state = createMemorySharedState(clock);
  opened.defer(() => state.close());
  const webhook = config.monitoring.alert_webhook;
  const alerts = createAlerts(
    { threshold: config.monitoring.alert_threshold, windowSeconds: config.monitoring.window_seconds },
    { state, logger, clock, telemetry: metrics.indexing, notify: webhook === undefined ? undefined : createWebhookNotifier(webhook, logger) },
  );
  const { attempts, first_delay_ms: firstDelayMs, max_delay_ms: maxDelayMs } = config.retry;
  const indexing = createIndexing(
    { attempts, firstDelayMs, maxDelayMs },
    { store, enricher: enrichment.enricher, alerts, telemetry: metrics.indexing, logger, clock },
  );

  // 4. The channel between the halves.
  const performance = { ...config.performance, max_workers: config.performance.max_workers * batchesPerWorker };
  const channel = createMemoryChannel(performance.max_workers);
  opened.defer(() => channel.stop(deadlineMs));

  // 5. Ingestion: files become batches.
  const ingestion = createIngestion(
    { source: config.source, performance, stateDirectory: config.state.directory, sourceId: config.source.id ?? hostname() },
    { publisher: channel, telemetry: metrics.ingestion, logger, clock, stdin: deps.stdin },
  );
  opened.defer(() => ingestion.stop(deadlineMs));

  const running = channel.run(indexing.processBatch);
  const stack = opened.move();
  return { store, ingestion, indexing, metrics, running, close: () => stack.disposeAsync() };
}

/** Kafka and OpenSearch stand behind the same ports in the services; this process has the in-process channel and DuckDB. */
function requireOneMachine({ pipeline }: Config): void {
  if (pipeline.transport === 'memory' && pipeline.store === 'duckdb') return;
  throw new SluiceError(
    'CONFIG_INVALID',
    `pipeline.transport: ${pipeline.transport} with pipeline.store: ${pipeline.store} is not part of this version.`,
    {
      hint: 'Set pipeline.transport to memory and pipeline.store to duckdb, or leave the section out.',
    },
  );
}
