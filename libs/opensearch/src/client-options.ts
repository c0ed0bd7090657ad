/**
 * The official client's options from the configuration.
 */
import { QuietConnection } from './quiet-connection.ts';

import type { ClientOptions } from '@opensearch-project/opensearch';
import type { ElasticsearchConfig } from '@sluice/config';

/** Two bulk requests, and as many readers as there are questions in a report. */
const maxSocketsPerHost = 16;

export interface ClientSettings {
  readonly options: ClientOptions;
  /** Hosts without what may be secret in them, each once. */
  readonly hosts: readonly string[];
}

/**
 * Builds the options.
 *
 * Invariant: retrying is ours (`maxRetries: 0`); credentials are in one header and in no address, so no message shows them.
 */
export function buildClientOptions(config: ElasticsearchConfig): ClientSettings {
  const addresses = (typeof config.host === 'string' ? [config.host] : config.host).map((host) => new URL(host));
  const authorization = basicAuthorization(config, addresses);
  const hosts = [...new Set(addresses.map(withoutCredentials))];
  return {
    hosts,
    options: {
      nodes: hosts,
      Connection: QuietConnection,
      maxRetries: 0,
      requestTimeout: config.request_timeout_ms,
      compression: config.compression ? 'gzip' : false,
      // Not `suggestCompression`: answers are short already, and unpacking them costs more than it saves.
      agent: { keepAlive: true, maxSockets: maxSocketsPerHost, maxFreeSockets: maxSocketsPerHost },
      // Events come back as they were: names like `__proto__` are names of request headers here.
      disablePrototypePoisoningProtection: true,
      ssl: { rejectUnauthorized: config.tls_verify, ...(config.tls_ca !== undefined && { ca: config.tls_ca }) },
      headers: authorization === null ? {} : { authorization },
    } as ClientOptions,
  };
}

function withoutCredentials(address: URL): string {
  const copy = new URL(address);
  copy.username = '';
  copy.password = '';
  copy.search = '';
  copy.hash = '';
  return copy.href;
}

/** The configured user, or the first that an address names. */
function basicAuthorization({ username, password }: ElasticsearchConfig, addresses: readonly URL[]): string | null {
  if (username !== undefined) return encodeBasic(username, password ?? '');
  const named = addresses.find((address) => address.username !== '');
  return named === undefined ? null : encodeBasic(decode(named.username), decode(named.password));
}

function encodeBasic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A `%` that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
