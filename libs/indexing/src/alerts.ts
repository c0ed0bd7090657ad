/**
 * Alerts: one when an address has sent too many flagged requests within the window, looks for pages that are not there, tries
 * passwords or floods, one when the pipeline keeps failing. Flagged requests and failures are counted by SharedState, so replicas
 * may share it, the rest by each process; an alert is a log line, a counter and, if set, a webhook call.
 *
 * Requests are counted by when they were made, in windows aligned to the epoch: an old log that is read in a second
 * does not look like a flood. A burst that spans the edge of two windows counts in each of them.
 */
import type { ClientAlert } from '@sluice/security';
import type { FlaggedRequest } from './findings.ts';
import type { AlertKind, Clock, IndexingTelemetry, Logger, SharedState } from '@sluice/ports';

export interface AlertConfig {
  /** Flagged requests of one address, or failures, within the window. */
  threshold: number;
  windowSeconds: number;
}

export interface Alert {
  kind: AlertKind;
  /** The client address, or the failure; never unbounded. */
  subject: string;
  count: number;
  windowSeconds: number;
  /** ISO 8601 UTC. */
  raisedAt: string;
}

export interface AlertDeps {
  state: SharedState;
  telemetry: Pick<IndexingTelemetry, 'alertRaised'>;
  logger: Logger;
  clock: Clock;
  /** Tells the outside; absent without a webhook. It must not reject. */
  notify?: ((alert: Alert) => Promise<void>) | undefined;
}

export interface Alerts {
  /** Adds one batch's flagged requests. */
  flagged(requests: readonly FlaggedRequest[]): Promise<void>;
  /** Tells what the watch over clients has seen; it has counted already, for this process. */
  behaved(alerts: readonly ClientAlert[]): void;
  /** Notes one failed attempt to store. */
  pipelineFailed(message: string): Promise<void>;
}

/**
 * Builds the alerts.
 *
 * Invariant: one alert per subject and window, raised by the increment that crosses the threshold, whoever made it.
 */
export function createAlerts(config: AlertConfig, deps: AlertDeps): Alerts {
  const logger = deps.logger.named('alerts');

  const windowMs = config.windowSeconds * 1000;

  async function count(kind: AlertKind, key: string, subject: string, by: number): Promise<void> {
    const total = await deps.state.increment(`alert:${kind}:${key}`, by, config.windowSeconds);
    if (total < config.threshold || total - by >= config.threshold) return;
    raise(kind, subject, total);
  }

  function raise(kind: AlertKind, subject: string, reached: number): void {
    const alert: Alert = { kind, subject, count: reached, windowSeconds: config.windowSeconds, raisedAt: new Date(deps.clock.now()).toISOString() };
    deps.telemetry.alertRaised(kind);
    logger.warn(describe(alert), { ...alert });
    void deps.notify?.(alert);
  }

  return {
    async flagged(requests) {
      const counts = new Map<string, { client: string; count: number }>();
      for (const { client, timestamp } of requests) {
        const key = `${client} ${Math.floor((timestamp === null ? deps.clock.now() : Date.parse(timestamp)) / windowMs)}`;
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { client, count: 1 });
        else known.count++;
      }
      for (const [key, flagged] of counts) await count('flagged_address', key, flagged.client, flagged.count);
    },
    behaved: (alerts) => {
      for (const { kind, client, count: reached } of alerts) raise(behaviourKinds[kind], client, reached);
    },
    pipelineFailed: (message) => count('pipeline_failures', 'store', message, 1),
  };
}

/** Attack after attack is what `flagged_address` tells. */
const behaviourKinds: Readonly<Record<ClientAlert['kind'], AlertKind>> = {
  scan: 'scan',
  'brute-force': 'brute_force',
  attack: 'flagged_address',
  flood: 'flood',
};

const counted: Readonly<Record<Exclude<AlertKind, 'pipeline_failures'>, string>> = {
  flagged_address: 'flagged requests',
  scan: 'different missing pages asked for',
  brute_force: 'failed logins',
  flood: 'requests',
};

function describe({ kind, subject, count, windowSeconds }: Alert): string {
  const within = `within ${windowSeconds} s`;
  return kind === 'pipeline_failures'
    ? `Alert: ${count} failures of the pipeline ${within}: ${subject}`
    : `Alert: ${count} ${counted[kind]} from ${subject} ${within}`;
}
