/**
 * Sends alerts to the configured webhook.
 */
import { messageOf } from '@sluice/errors';

import type { Alert } from '@sluice/indexing';
import type { Logger } from '@sluice/ports';

const timeoutMs = 5_000;
const attempts = 3;

/**
 * Builds the function that POSTs an alert as JSON: `{kind, subject, count, windowSeconds, raisedAt}`.
 *
 * Errors: never rejects; three failed attempts of at most 5 s each are one warning.
 */
export function createWebhookNotifier(url: string, logger: Logger): (alert: Alert) => Promise<void> {
  return async (alert) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(alert),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        if (response.ok) return;
        throw new Error(`the webhook answered ${response.status}`);
      } catch (error) {
        if (attempt < attempts) continue;
        logger.warn(`An alert could not be sent to monitoring.alert_webhook: ${messageOf(error)}`, { kind: alert.kind });
        return;
      }
    }
  };
}
