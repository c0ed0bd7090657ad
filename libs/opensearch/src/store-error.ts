/**
 * Failed requests as the project's errors.
 */
import { SluiceError } from '@sluice/errors';

import { classifyError } from './classify-error.ts';

import type { Cluster, ClusterCall, RequestFailure } from './cluster.ts';

/** The error of a request that failed as a whole; all of them are retryable. */
export function toStoreError(failure: RequestFailure): SluiceError {
  const { kind, status, error, message } = failure;
  if (kind === 'status') {
    const verdict = classifyError(status, error);
    if (verdict.kind === 'paused') {
      return new SluiceError(verdict.code, `OpenSearch ${message}`, { ...(verdict.hint !== undefined && { hint: verdict.hint }), data: { status } });
    }
    return new SluiceError('STORE_UNAVAILABLE', `OpenSearch ${message}`, { data: { status } });
  }
  const hint = hintOf(message);
  return new SluiceError('STORE_UNAVAILABLE', `OpenSearch does not answer: ${message}`, { ...(hint !== undefined && { hint }) });
}

function hintOf(message: string): string | undefined {
  if (/certificate|altnames|self-signed|issuer/i.test(message)) {
    return 'Check `elasticsearch.tls_ca` and the name in `elasticsearch.host`; nothing is lost meanwhile.';
  }
  if (/wrong version number|packet length too long|EPROTO/i.test(message)) return 'Check `http://` and `https://` in `elasticsearch.host`.';
  return undefined;
}

/** The body of an answer. Errors: those of `toStoreError`. */
export async function askOrThrow(cluster: Cluster, call: ClusterCall, timeoutMs?: number): Promise<unknown> {
  const reply = await cluster.ask(call, timeoutMs);
  if (!reply.ok) throw toStoreError(reply.failure);
  return reply.body;
}

/** The same, null for 404: what was asked about is not there. */
export async function askOrNull(cluster: Cluster, call: ClusterCall): Promise<unknown> {
  const reply = await cluster.ask(call);
  if (reply.ok) return reply.body;
  if (reply.failure.status === 404 && reply.failure.error.type !== '') return null;
  throw toStoreError(reply.failure);
}
