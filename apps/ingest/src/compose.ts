/**
 * The ingest service put together, in the order in which things start; they end in reverse.
 */
import { createServer } from 'node:http';

import { acquireStateLock } from '@sluice/ingestion';
import { createKafkaPublisher } from '@sluice/kafka';
import { checkPublisher, checkSources, composeIngestion, createDeadline, openSharedState, version } from '@sluice/pipeline';
import { createMetrics } from '@sluice/telemetry';

import type { Config } from '@sluice/config';
import type { Ingestion } from '@sluice/ingestion';
import type { Clock, Logger } from '@sluice/ports';
import type { DependencyCheck } from '@sluice/pipeline';
import type { ComponentCheck, Metrics } from '@sluice/telemetry';
import type { Readable } from 'node:stream';

export interface IngestService {
  readonly ingestion: Ingestion;
  readonly metrics: Metrics;
  /** What has to be there before work begins. */
  readonly dependencies: Readonly<Record<string, DependencyCheck>>;
  /** Health by component. */
  readonly checks: Readonly<Record<string, ComponentCheck>>;
  /** Stops reading, waits within the deadline for what is in flight, saves the checkpoint. Idempotent. */
  close(): Promise<void>;
}

/** Opens everything; the brokers need not be there yet. Errors: STATE_LOCKED, STATE_UNWRITABLE, LOG_FORMAT_INVALID. */
export async function composeIngest(config: Config, deps: { logger: Logger; clock: Clock; stdin: Readable }): Promise<IngestService> {
  const { logger, clock, stdin } = deps;
  const leftMs = createDeadline(config.shutdown.deadline_seconds);
  const metrics = createMetrics({ version, role: 'ingest' });
  await using opened = new AsyncDisposableStack();

  // 1. The state folder, for checkpoints: one ingest has it.
  const stateLock = await acquireStateLock(config.state.directory, createServer());
  opened.defer(() => stateLock.release());

  // 2. Where records go.
  const publisher = createKafkaPublisher(config.kafka, { telemetry: metrics.transport, logger, clock });
  opened.defer(() => publisher.close(leftMs()));
  const shared = openSharedState(config, { logger, clock });
  opened.defer(() => shared.state.close());

  // 3. Files become records.
  const ingestion = composeIngestion(config, { publisher, state: shared.state, metrics, logger, clock, stdin });
  opened.defer(() => ingestion.stop(leftMs()));

  const dependencies = { kafka: () => publisher.check() };
  const checks = {
    kafka: () => checkPublisher(publisher),
    sources: () => checkSources(ingestion),
    ...shared.checks,
  };
  const stack = opened.move();
  return { ingestion, metrics, dependencies, checks, close: () => stack.disposeAsync() };
}
