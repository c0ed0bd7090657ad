/**
 * What a process that runs for long has beside its work: health, metrics over HTTP, and the removal of old events.
 */
import { messageOf } from '@sluice/errors';
import { createHealthMonitor, createOpsServer } from '@sluice/telemetry';

import { retentionLimit } from './stored-events.ts';

import type { Pipeline } from './compose-pipeline.ts';
import type { Config } from '@sluice/config';
import type { ComponentHealth } from '@sluice/telemetry';
import type { Clock, Logger } from '@sluice/ports';

const retentionIntervalMs = 3_600_000;

export interface Operations {
  stop(): Promise<void>;
}

/** Starts them. Errors: PORT_IN_USE. */
export async function startOperations(config: Config, pipeline: Pipeline, deps: { logger: Logger; clock: Clock }): Promise<Operations> {
  const { logger, clock } = deps;
  await using opened = new AsyncDisposableStack();

  const health = createHealthMonitor(
    { intervalSeconds: config.monitoring.health_interval_seconds },
    { logger: logger.named('health'), checks: { store: () => checkStore(pipeline), sources: () => checkSources(pipeline) } },
  );
  opened.defer(() => health.stop());

  const server = createOpsServer(
    { host: config.monitoring.metrics_host, port: config.monitoring.metrics_port },
    { registry: pipeline.metrics.registry, health: () => health.health(), ready: () => health.ready(), live: () => health.live(), logger },
  );
  const { url } = await server.start();
  opened.defer(() => server.stop());
  logger.info(`Health and metrics at ${url}`, { url });
  health.start();

  const removal = setInterval(() => void removeOldEvents(), retentionIntervalMs).unref();
  opened.defer(() => clearInterval(removal));
  void removeOldEvents();

  const stack = opened.move();
  return { stop: () => stack.disposeAsync() };

  async function removeOldEvents(): Promise<void> {
    const days = config.duckdb.retention_days;
    if (days === 0) return;
    try {
      const removed = await pipeline.store.purge(retentionLimit(days, clock.now()));
      if (removed.events + removed.deadLetters > 0) logger.info(`Removed what is older than ${days} days.`, { ...removed });
    } catch (error) {
      logger.warn(`Old events could not be removed: ${messageOf(error)}. Trying again in an hour.`);
    }
  }
}

async function checkStore({ indexing, store }: Pipeline): Promise<ComponentHealth> {
  const failure = indexing.storeFailure();
  if (failure !== null) return { status: 'failed', message: failure };
  await store.check();
  return { status: 'ok' };
}

/** A source that cannot be read is degraded, not failed: a restart or another replica would not help. */
function checkSources({ ingestion }: Pipeline): ComponentHealth {
  const { phase, sources, batchesInFlight } = ingestion.status();
  const wrong = sources.flatMap(({ path, lastError }) => (lastError === null ? [] : [`${path}: ${lastError.message}`]));
  let files = 0;
  let bytesBehind = 0;
  let linesRead = 0;
  for (const source of sources) {
    files += source.files;
    bytesBehind += source.bytesBehind;
    linesRead += source.linesRead;
  }
  const data = { phase, files, bytesBehind, linesRead, batchesInFlight };
  if (phase === 'failed') return { status: 'failed', message: 'publishing failed for good', data };
  return wrong.length === 0 ? { status: 'ok', data } : { status: 'degraded', message: wrong.slice(0, 5).join('; '), data };
}
