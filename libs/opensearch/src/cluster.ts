/**
 * One request to the cluster and what came of it, as a value: the parsed body, or a failure in our words.
 */
import { Client, errors } from '@opensearch-project/opensearch';
import { messageOf } from '@sluice/errors';

import { isObject } from './bulk-reply.ts';
import { describeError } from './classify-error.ts';
import { printable } from './printable.ts';

import type { ApiResponse } from '@opensearch-project/opensearch';
import type { TransportRequestOptions, TransportRequestPromise } from '@opensearch-project/opensearch/lib/Transport.js';
import type { ItemError } from './bulk-reply.ts';
import type { ClientSettings } from './client-options.ts';

export type FailureKind =
  /** Refused, unreachable, no TLS agreed. */
  | 'no_connection'
  /** Closed by the other side while the request was under way. */
  | 'reset'
  | 'timeout'
  /** An answer that is none of OpenSearch. */
  | 'unreadable'
  /** An error status. */
  | 'status';

export interface RequestFailure {
  readonly kind: FailureKind;
  /** 0 without an answer. */
  readonly status: number;
  /** As OpenSearch says it; empty when it was not OpenSearch that answered. */
  readonly error: ItemError;
  /** One line. */
  readonly message: string;
}

export type Reply = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly failure: RequestFailure };

export type ClusterCall = (client: Client, options: TransportRequestOptions) => TransportRequestPromise<ApiResponse>;

export interface Cluster {
  /**
   * Sends a request, to another host when one does not answer; never rejects.
   *
   * Invariant: answers within `timeoutMs` (default: that of the configuration) per host, also when an answer begins and
   * never ends.
   */
  ask(call: ClusterCall, timeoutMs?: number): Promise<Reply>;
  close(): Promise<void>;
}

const noError: ItemError = { type: '', reason: '', cause: '' };

/** Creates the client; connects to nothing. */
export function connectCluster({ options, hosts }: ClientSettings, defaultTimeoutMs: number): Cluster {
  const client = new Client(options);
  return {
    ask: async (call, timeoutMs = defaultTimeoutMs) => {
      for (let tried = 1; ; tried++) {
        const reply = await askOnce(client, call, timeoutMs);
        // The client marks a host that failed as dead, and so takes the next one.
        if (reply.ok || tried >= hosts.length || !isFailureOfHost(reply.failure)) return reply;
      }
    },
    close: () => client.close(),
  };
}

function isFailureOfHost({ kind, status }: RequestFailure): boolean {
  return kind === 'no_connection' || kind === 'reset' || (status >= 502 && status <= 504);
}

async function askOnce(client: Client, call: ClusterCall, timeoutMs: number): Promise<Reply> {
  let isLate = false;
  const request = call(client, { requestTimeout: timeoutMs });
  // The client's own timeout ends with the first byte of the answer.
  const timer = setTimeout(() => {
    isLate = true;
    request.abort();
  }, timeoutMs + 100);
  try {
    const answer: { body: unknown; statusCode: number | null } = await request;
    const { body, statusCode } = answer;
    // A redirect is an answer to the client, and no JSON is none to us.
    if (statusCode !== null && statusCode >= 300) return failed('status', statusCode, noError, `answered ${statusCode}`);
    return { ok: true, body };
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the timer sets it
    return isLate ? failed('timeout', 0, noError, `no complete answer within ${timeoutMs} ms`) : describe(error, timeoutMs);
  } finally {
    clearTimeout(timer);
  }
}

function failed(kind: FailureKind, status: number, error: ItemError, message: string): Reply {
  return { ok: false, failure: { kind, status, error, message } };
}

/** Never keeps the client's error: it holds the request with its credentials. */
function describe(error: unknown, timeoutMs: number): Reply {
  if (error instanceof errors.ResponseError) return describeStatus(error.meta);
  if (error instanceof errors.TimeoutError) return failed('timeout', 0, noError, `no answer within ${timeoutMs} ms`);
  if (error instanceof errors.ConnectionError) {
    const reason = printable(messageOf(error));
    return failed(isReset(reason) ? 'reset' : 'no_connection', 0, noError, reason === '' ? 'no connection' : reason);
  }
  if (error instanceof errors.NoLivingConnectionsError) return failed('no_connection', 0, noError, 'no host to connect to');
  return failed('unreadable', 0, noError, `the answer cannot be read: ${printable(messageOf(error), 100)}`);
}

function isReset(reason: string): boolean {
  return /ECONNRESET|EPIPE|socket hang up|while reading the body/.test(reason);
}

function describeStatus(meta: unknown): Reply {
  const { statusCode, body } = isObject(meta) ? meta : {};
  const status = typeof statusCode === 'number' ? statusCode : 0;
  const error = readError(body);
  const reason = error === noError ? printable(shorten(body), 120) : describeError(error);
  return failed('status', status, error, reason === '' ? `answered ${status}` : `answered ${status} (${reason})`);
}

function readError(body: unknown): ItemError {
  const error = isObject(body) ? body['error'] : undefined;
  if (typeof error === 'string') return { type: '', reason: error, cause: '' };
  if (!isObject(error)) return noError;
  const { type, reason, caused_by: cause, root_cause: roots } = error;
  const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const because = [cause, root].map((part) => (isObject(part) ? text(part['reason']) : '')).find((part) => part !== '' && part !== reason);
  return { type: text(type), reason: text(reason), cause: because ?? '' };
}

/** What a proxy's page says, without its markup. */
function shorten(body: unknown): string {
  return typeof body === 'string'
    ? body
        .slice(0, 2000)
        .replace(/<[^>]{0,200}>/g, ' ')
        .replace(/\s+/g, ' ')
    : '';
}
