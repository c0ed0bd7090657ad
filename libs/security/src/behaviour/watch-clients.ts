/**
 * What single requests do not show and many of one client do: looking for pages that are not there, trying passwords, attack after
 * attack, floods. Raises alerts; events are never changed by it.
 */
import { createClientCounters } from './client-counters.ts';

export const clientAlertKinds = ['scan', 'brute-force', 'attack', 'flood'] as const;
export type ClientAlertKind = (typeof clientAlertKinds)[number];

export interface ClientWatchConfig {
  /** Over how long things are counted. */
  readonly windowSeconds: number;
  /** Clients watched at once; who was not seen for longest is forgotten first. */
  readonly clients: number;
  /** Different missing pages, failed logins, flagged requests, requests within the window; 0 switches one off. */
  readonly missingPages: number;
  readonly failedLogins: number;
  readonly flaggedRequests: number;
  readonly requests: number;
}

export const clientWatchDefaults: ClientWatchConfig = {
  windowSeconds: 300,
  clients: 20_000,
  missingPages: 40,
  failedLogins: 20,
  flaggedRequests: 10,
  requests: 6000,
};

/** One request, as far as it matters here. */
export interface ClientRequest {
  /** Address of the client, or its name. */
  readonly client: string;
  /** When it was made, epoch milliseconds. */
  readonly atMs: number;
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number | null;
  /** Called an attack. */
  readonly flagged: boolean;
}

export interface ClientAlert {
  readonly client: string;
  readonly kind: ClientAlertKind;
  /** How many there were in the window when the limit was reached; an estimate. */
  readonly count: number;
  readonly atMs: number;
}

/** What a request adds to: bits, and the hash of its path where that is missing. Small enough to keep until a batch is stored. */
export interface RequestSigns {
  readonly bits: number;
  readonly pathHash: number;
}

export const signBits = { flagged: 1, failedLogin: 2, missing: 4 } as const;

export interface ClientWatch {
  /** The same for a request of which only the signs were kept. */
  count(client: string, atMs: number, bits: number, pathHash: number): readonly ClientAlert[];
  /** Counts a request; an alert where a limit is reached, at most one of each kind per client and window. */
  observe(request: ClientRequest): readonly ClientAlert[];
  readonly watched: number;
}

const none: readonly ClientAlert[] = Object.freeze([]);
const loginPath = /(?:^|\/)(?:log-?in|sign-?in|logon|auth|session|wp-login\.php|xmlrpc\.php|user\/login|account\/login|token)\/?$/i;

/**
 * Creates a watch with nothing counted yet.
 *
 * Invariant: memory is bounded by `clients`. Depends on the times it is told, on no clock.
 * Cost: 0.3 us a request.
 */
export function watchClients(config: ClientWatchConfig = clientWatchDefaults): ClientWatch {
  const windowMs = config.windowSeconds * 1000;
  const counters = createClientCounters(config.clients, windowMs);
  const alertedAtMs = new Float64Array(config.clients * clientAlertKinds.length).fill(-Infinity);
  const owners = new Array<string>(config.clients).fill('');

  const count = (client: string, atMs: number, bits: number, pathHash: number): readonly ClientAlert[] => {
    const place = counters.placeOf(client);
    if (owners[place] !== client) {
      owners[place] = client;
      alertedAtMs.fill(-Infinity, place * clientAlertKinds.length, (place + 1) * clientAlertKinds.length);
    }
    let alerts: ClientAlert[] | undefined;
    const check = (kind: ClientAlertKind, reached: number, limit: number): void => {
      const at = place * clientAlertKinds.length + clientAlertKinds.indexOf(kind);
      if (limit <= 0 || reached < limit || atMs - (alertedAtMs[at] ?? 0) < windowMs) return;
      alertedAtMs[at] = atMs;
      (alerts ??= []).push({ client, kind, count: Math.round(reached), atMs });
    };
    check('flood', counters.add(place, 'requests', atMs), config.requests);
    if ((bits & signBits.flagged) !== 0) check('attack', counters.add(place, 'flagged', atMs), config.flaggedRequests);
    if ((bits & signBits.failedLogin) !== 0) check('brute-force', counters.add(place, 'failedLogins', atMs), config.failedLogins);
    if ((bits & signBits.missing) !== 0) check('scan', counters.addDistinct(place, pathHash, atMs), config.missingPages);
    return alerts ?? none;
  };

  return {
    count,
    observe: (request) => {
      const { bits, pathHash } = signsOf(request);
      return count(request.client, request.atMs, bits, pathHash);
    },
    get watched() {
      return counters.size;
    },
  };
}

/** What matters of a request here. */
export function signsOf(request: Omit<ClientRequest, 'client' | 'atMs'>): RequestSigns {
  const isMissing = request.status === 404 || request.status === 410;
  const bits = (request.flagged ? signBits.flagged : 0) | (isFailedLogin(request) ? signBits.failedLogin : 0) | (isMissing ? signBits.missing : 0);
  return { bits, pathHash: isMissing ? hashOf(request.path ?? '') : 0 };
}

/** Refused credentials, or a form of a login page that was sent and answered by the same page again. */
function isFailedLogin({ method, path, status }: Pick<ClientRequest, 'method' | 'path' | 'status'>): boolean {
  if (status === 401) return true;
  return (
    method === 'POST' &&
    (status === 403 || status === 200 || status === 422 || status === 429) &&
    path !== null &&
    path.length < 200 &&
    loginPath.test(path)
  );
}

/** FNV-1a, of at most 256 characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < Math.min(256, text.length); i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
