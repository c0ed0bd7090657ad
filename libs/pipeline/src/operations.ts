/**
 * What a process that runs for long has beside its work: health, metrics over HTTP, and the removal of old events.
 */
import { messageOf } from '@sluice/errors';
import { createHealthMonitor, createOpsServer } from '@sluice/telemetry';

import { retentionLimit } from './stored-events.ts';

import type { Config } from '@sluice/config';
import type { Clock, EventStore, Logger } from '@sluice/ports';
import type { ComponentCheck, Metrics } from '@sluice/telemetry';

const retentionIntervalMs = 3_600_000;

export interface OperatedProcess {
  readonly metrics: Metrics;
  readonly checks: Readonly<Record<string, ComponentCheck>>;
  /** Says why only a restart would help, or null. */
  readonly stalled?: () => string | null;
  /** Whose old events are removed by `duckdb.retention_days`. */
  readonly embeddedStore?: Pick<EventStore, 'purge'> | undefined;
}

export interface Operations {
  stop(): Promise<void>;
}

/** Starts them. Errors: PORT_IN_USE. */
export async function startOperations(config: Config, operated: OperatedProcess, deps: { logger: Logger; clock: Clock }): Promise<Operations> {
  const { logger, clock } = deps;
  await using opened = new AsyncDisposableStack();

  const health = createHealthMonitor(
    { intervalSeconds: config.monitoring.health_interval_seconds },
    { logger: logger.named('health'), checks: operated.checks, stalled: operated.stalled },
  );
  opened.defer(() => health.stop());

  const server = createOpsServer(
    { host: config.monitoring.metrics_host, port: config.monitoring.metrics_port },
    { registry: operated.metrics.registry, health: () => health.health(), ready: () => health.ready(), live: () => health.live(), logger },
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
    if (days === 0 || operated.embeddedStore === undefined) return;
    try {
      const removed = await operated.embeddedStore.purge(retentionLimit(days, clock.now()));
      if (removed.events + removed.deadLetters > 0) logger.info(`Removed what is older than ${days} days.`, { ...removed });
    } catch (error) {
      logger.warn(`Old events could not be removed: ${messageOf(error)}. Trying again in an hour.`);
    }
  }
}
