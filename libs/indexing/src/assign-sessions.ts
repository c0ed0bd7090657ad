/**
 * Gives the events of a batch the session they belong to: the requests of one client with one user agent, until it has made
 * none for a while. Sessions are found by SharedState, so that replicas see the same ones; only hashes of clients go there.
 */
import { hash } from 'node:crypto';

import type { SharedState, StoreDocument, Visit } from '@sluice/ports';

export interface SessionConfig {
  /** By the time of the log. */
  readonly idleSeconds: number;
}

/** 96 bits: that any two of a billion sessions share an id has a chance of one in a hundred billion. */
const idLength = 16;

/**
 * Builds the function that enters `session_id` into the documents of a batch. An event without a time, or of which the log
 * names no client, gets none.
 *
 * Invariant: the id follows from client, user agent and start of the session alone, so every replica gives the same. State knows
 * the latest session of a client: an event of an earlier one that comes again, or late, begins one of its own.
 * Errors: never rejects, as SharedState does not.
 * Cost: one call of SharedState per batch; two hashes per client and batch.
 */
export function createSessionAssigner(
  config: SessionConfig,
  deps: { readonly state: Pick<SharedState, 'sessions'> },
): (documents: readonly StoreDocument[]) => Promise<void> {
  return async (documents) => {
    const visits: Visit[] = [];
    const visited: StoreDocument[] = [];
    const keys = new Map<string, string>();
    for (const document of documents) {
      const { timestamp, ip_address: address, client_host: host, user_agent: agent } = document.event;
      const client = address ?? host;
      if (timestamp === null || client === undefined) continue;
      const atMs = Date.parse(timestamp);
      if (Number.isNaN(atMs)) continue;
      visits.push({ key: remember(keys, `${client}\n${agent ?? ''}`), atMs });
      visited.push(document);
    }
    if (visits.length === 0) return;
    const starts = await deps.state.sessions(visits, config.idleSeconds);
    const ids = new Map<string, string>();
    for (const [index, document] of visited.entries()) {
      document.enrichment.session_id = remember(ids, `${visits[index]?.key ?? ''} ${starts[index] ?? 0}`);
    }
  };
}

/** The short hash of a text, worked out once for each text in `known`. */
function remember(known: Map<string, string>, text: string): string {
  let short = known.get(text);
  if (short === undefined) {
    short = hash('sha256', text, 'base64url').slice(0, idLength);
    known.set(text, short);
  }
  return short;
}
