/**
 * The all-in-one process put together: reads like a list, in the order in which things start; they end in reverse.
 */
import { acquireStateLock } from '@sluice/ingestion';
import { createMetrics } from '@sluice/telemetry';

import { composeIndexing } from './compose-indexing.ts';
import { composeIngestion } from './compose-ingestion.ts';
import { createControlServer } from './control-server.ts';
import { checkSources, checkStore } from './component-checks.ts';
import { createDeadline } from './create-deadline.ts';
import { openSharedState } from './open-shared-state.ts';
import { openStore } from './open-store.ts';
import { openTransport } from './open-transport.ts';
import { pauseWhileOpen, runIndexing } from './run-indexing.ts';
import { version } from './version.ts';

import type { DependencyCheck } from './await-dependencies.ts';
import type { OpenStore } from './open-store.ts';
import type { Transport } from './open-transport.ts';
import type { Config } from '@sluice/config';
import type { Ingestion } from '@sluice/ingestion';
import type { Clock, Logger } from '@sluice/ports';
import type { ComponentCheck, Metrics } from '@sluice/telemetry';
import type { Readable } from 'node:stream';

export interface PipelineDeps {
  readonly logger: Logger;
  readonly clock: Clock;
  /** What the path `-` reads. */
  readonly stdin: Readable;
}

export interface Pipeline {
  readonly store: OpenStore;
  readonly transport: Transport;
  readonly ingestion: Ingestion;
  readonly metrics: Metrics;
  /** What has to be there before work begins; nothing on one machine. */
  readonly dependencies: Readonly<Record<string, DependencyCheck>>;
  /** Health by component. */
  readonly checks: Readonly<Record<string, ComponentCheck>>;
  /** Rejects when the pipeline cannot go on; never resolves before `close`. */
  readonly running: Promise<void>;
  /** Stops reading, drains what is in work within the deadline, closes the store. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens everything that one process needs to read, enrich and store; any transport goes with any store.
 *
 * Errors: STATE_LOCKED or STORE_LOCKED when another process works with the same files, STORE_CORRUPT, STATE_UNWRITABLE.
 */
export async function composePipeline(config: Config, deps: PipelineDeps): Promise<Pipeline> {
  const { logger, clock } = deps;
  const leftMs = createDeadline(config.shutdown.deadline_seconds);
  const metrics = createMetrics({ version, consumes: config.pipeline.transport === 'kafka' });
  await using opened = new AsyncDisposableStack();

  // 1. Where events end up; other commands ask this process through the state folder.
  const answering = Promise.withResolvers<OpenStore>();
  const stateLock = await acquireStateLock(config.state.directory, createControlServer(answering.promise));
  opened.defer(() => stateLock.release());
  const store = await openStore(config, { logger, clock });
  opened.defer(() => store.close());
  answering.resolve(store);

  // 2. What joins the halves, and what is counted over time.
  const shared = openSharedState(config, { logger, clock });
  opened.defer(() => shared.state.close());
  const transport = openTransport(config, { metrics, logger, clock });

  // 3. Indexing: batches become stored events.
  const { indexing, close } = await composeIndexing(config, {
    store,
    letters: transport.letters,
    state: shared.state,
    metrics,
    logger,
    clock,
    onBreaker: pauseWhileOpen(transport.consumer),
  });
  opened.defer(close);
  opened.defer(() => transport.close(leftMs));

  // 4. Ingestion: files become batches.
  const ingestion = composeIngestion(config, {
    publisher: transport.publisher,
    state: shared.state,
    metrics,
    logger,
    clock,
    stdin: deps.stdin,
  });
  opened.defer(() => ingestion.stop(leftMs()));

  const running = runIndexing(transport.consumer, indexing);
  running.catch(() => undefined);
  const dependencies = { ...transport.dependencies, ...(config.pipeline.store === 'opensearch' ? { opensearch: () => store.check() } : {}) };
  const checks = {
    store: () => checkStore(store, indexing),
    sources: () => checkSources(ingestion),
    ...transport.checks,
    ...shared.checks,
  };
  const stack = opened.move();
  return { store, transport, ingestion, metrics, dependencies, checks, running, close: () => stack.disposeAsync() };
}
