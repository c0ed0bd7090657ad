/**
 * The indexing half from a configuration: enrichment, sessions, alerts, and the writing of batches.
 */
import { createAlerts, createIndexing, createRecordDecoder, createSessionAssigner } from '@sluice/indexing';
import { createLineParser } from '@sluice/parser';
import { watchClients } from '@sluice/security';

import { composeEnrichment } from './compose-enrichment.ts';
import { composeMasking } from './compose-masking.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

import type { Config, MonitoringConfig } from '@sluice/config';
import type { Indexing } from '@sluice/indexing';
import type { DeadLetter } from '@sluice/event';
import type { BreakerState, Clock, EventWriter, Logger, RecordPublisher, SharedState } from '@sluice/ports';
import type { ClientWatch } from '@sluice/security';
import type { Metrics } from '@sluice/telemetry';

export interface IndexingParts {
  readonly store: EventWriter;
  readonly state: SharedState;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onBreaker?: ((state: BreakerState) => void) | undefined;
  /** Where dead letters go instead of into the store: the topic's publisher. */
  readonly letters?: RecordPublisher | undefined;
}

/** Builds it; `close` lets go of the location databases. Errors: LOG_FORMAT_INVALID. */
export async function composeIndexing(config: Config, parts: IndexingParts): Promise<{ indexing: Indexing; close: () => void }> {
  const { state, metrics, letters, logger, clock } = parts;
  const { monitoring, retry, circuit_breaker: breaker, sessions } = config;

  const enrichment = await composeEnrichment(config, { logger, state });
  metrics.registerCaches(() => enrichment.enricher.cacheStats());

  const webhook = monitoring.alert_webhook;
  const alerts = createAlerts(
    { threshold: monitoring.alert_threshold, windowSeconds: monitoring.window_seconds },
    { state, logger, clock, telemetry: metrics.indexing, notify: webhook === undefined ? undefined : createWebhookNotifier(webhook, logger) },
  );

  const indexing = createIndexing(
    {
      retry: { attempts: retry.attempts, firstDelayMs: retry.first_delay_ms, maxDelayMs: retry.max_delay_ms },
      breaker: { failureThreshold: breaker.failure_threshold, recoveryMs: breaker.recovery_ms },
    },
    {
      store: parts.store,
      decode: createRecordDecoder({ maxLineBytes: config.source.max_line_bytes }, createLineParser(config.source.format)),
      enricher: enrichment.enricher,
      masking: composeMasking(config.security),
      assignSessions: sessions.enabled ? createSessionAssigner({ idleSeconds: sessions.idle_seconds }, { state }) : undefined,
      alerts,
      clients: composeClientWatch(monitoring),
      onBreaker: parts.onBreaker,
      keepLetters: letters === undefined ? undefined : publishLetters(letters, clock),
      telemetry: metrics.indexing,
      logger,
      clock,
    },
  );
  return { indexing, close: () => enrichment.close() };
}

/** Where a topic joins the halves, dead letters go to the topic of dead letters; a crash may repeat one there. */
function publishLetters(publisher: RecordPublisher, clock: Clock) {
  return (letters: readonly DeadLetter[], signal: AbortSignal): Promise<void> =>
    publisher.publish(
      letters.map((letter) => ({ kind: 'dead_letter', letter })),
      { readAtMs: clock.now(), signal },
    );
}

/** Undefined when all of it is off. Flagged requests have an alert of their own, which replicas share. */
function composeClientWatch(monitoring: MonitoringConfig): ClientWatch | undefined {
  const { scan_threshold: missingPages, failed_login_threshold: failedLogins, flood_threshold: requests } = monitoring;
  if (missingPages === 0 && failedLogins === 0 && requests === 0) return undefined;
  const { window_seconds: windowSeconds, watched_clients: clients } = monitoring;
  return watchClients({ windowSeconds, clients, missingPages, failedLogins, flaggedRequests: 0, requests });
}
