/**
 * The indexer service put together, in the order in which things start; they end in reverse. It keeps nothing on disk.
 */
import { createKafkaConsumer, createKafkaPublisher } from '@sluice/kafka';
import { createOpenSearchStore } from '@sluice/opensearch';
import {
  batchesInWork,
  checkPublisher,
  checkStore,
  composeIndexing,
  createConsumerCheck,
  createDeadline,
  openSharedState,
  pauseWhileOpen,
  runIndexing,
  version,
} from '@sluice/pipeline';
import { createMetrics } from '@sluice/telemetry';

import type { Config } from '@sluice/config';
import type { Clock, Logger } from '@sluice/ports';
import type { DependencyCheck } from '@sluice/pipeline';
import type { ComponentCheck, Metrics } from '@sluice/telemetry';

export interface IndexerService {
  readonly metrics: Metrics;
  /** What has to be there before work begins. */
  readonly dependencies: Readonly<Record<string, DependencyCheck>>;
  /** Health by component. */
  readonly checks: Readonly<Record<string, ComponentCheck>>;
  /** Says why only a restart would help, or null. */
  stalled(): string | null;
  /** Consumes until `close`; rejects when it cannot go on. Call once. */
  run(): Promise<void>;
  /** Drains batches in work within the deadline, commits, leaves the group. Idempotent. */
  close(): Promise<void>;
}

/** Opens everything; neither brokers nor OpenSearch need be there yet. Errors: LOG_FORMAT_INVALID. */
export async function composeIndexer(config: Config, deps: { logger: Logger; clock: Clock }): Promise<IndexerService> {
  const { logger, clock } = deps;
  const leftMs = createDeadline(config.shutdown.deadline_seconds);
  const metrics = createMetrics({ version, role: 'indexer' });
  await using opened = new AsyncDisposableStack();

  // 1. Where events and dead letters end up.
  const store = createOpenSearchStore(config.elasticsearch, { logger, clock });
  opened.defer(() => store.close());
  const letters = createKafkaPublisher(config.kafka, { telemetry: metrics.transport, logger, clock });
  opened.defer(() => letters.close(leftMs()));

  // 2. What is counted over all replicas.
  const shared = openSharedState(config, { logger, clock });
  opened.defer(() => shared.state.close());

  // 3. Where records come from.
  const options = { batchSize: config.performance.batch_size, maxInWork: batchesInWork(config) };
  const consumer = createKafkaConsumer(config.kafka, options, { telemetry: metrics.transport, logger, clock });

  // 4. Batches become stored events.
  const { indexing, close } = await composeIndexing(config, {
    store,
    letters,
    state: shared.state,
    metrics,
    logger,
    clock,
    onBreaker: pauseWhileOpen(consumer),
  });
  opened.defer(close);
  opened.defer(() => consumer.stop(leftMs()));

  const dependencies = { kafka: () => consumer.check(), opensearch: () => store.check() };
  const checks = {
    kafka: () => checkPublisher(letters),
    consumer: createConsumerCheck(consumer, clock),
    opensearch: () => checkStore(store, indexing),
    ...shared.checks,
  };
  const stack = opened.move();
  return {
    metrics,
    dependencies,
    checks,
    stalled: () => consumer.stalled(),
    run: () => runIndexing(consumer, indexing),
    close: () => stack.disposeAsync(),
  };
}
