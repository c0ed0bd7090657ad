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
  const { address, headers } = splitCredentials(url);
  return async (alert) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers,
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

/** `https://user:password@host/`: fetch refuses such an address, and its message would show the password. */
function splitCredentials(url: string): { address: string; headers: Record<string, string> } {
  const address = new URL(url);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (address.username !== '' || address.password !== '') {
    const credentials = `${decoded(address.username)}:${decoded(address.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  address.username = '';
  address.password = '';
  return { address: address.href, headers };
}

/** A lone `%` in a password is a percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
