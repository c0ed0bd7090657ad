/**
 * What the watch over clients needs of a batch, kept until its outcomes are known: the events do not live so long.
 * Flat arrays and one copy of each client's address: about 20 bytes an event.
 */
import { ownCopy, signsOf } from '@sluice/security';

import type { StoreOutcome } from '@sluice/event';
import type { StoreDocument } from '@sluice/ports';
import type { ClientAlert, ClientWatch } from '@sluice/security';

export interface Observations {
  /** Counts what was newly stored, in the order of the batch; `outcomes` is aligned with it. Returns the alerts that this raises. */
  countIn(watch: Pick<ClientWatch, 'count'>, outcomes: readonly StoreOutcome[]): ClientAlert[];
}

const nobody = 0xffff_ffff;

/** Takes what is needed; `nowMs` stands for the time of events without one. */
export function observeClients(documents: readonly StoreDocument[], nowMs: number): Observations {
  const clients: string[] = [];
  const known = new Map<string, number>();
  const clientOf = new Uint32Array(documents.length).fill(nobody);
  const atMs = new Float64Array(documents.length);
  const bits = new Uint8Array(documents.length);
  const pathHashes = new Uint32Array(documents.length);
  for (const [index, { event, enrichment }] of documents.entries()) {
    const client = event.ip_address ?? event.client_host;
    if (client === undefined) continue;
    let number = known.get(client);
    if (number === undefined) {
      const own = ownCopy(client);
      number = clients.push(own) - 1;
      known.set(own, number);
    }
    const { method, path, status, timestamp } = event;
    const signs = signsOf({ method, path, status, flagged: enrichment.security_threat === true });
    const parsedMs = timestamp === null ? nowMs : Date.parse(timestamp);
    clientOf[index] = number;
    atMs[index] = Number.isNaN(parsedMs) ? nowMs : parsedMs;
    bits[index] = signs.bits;
    pathHashes[index] = signs.pathHash;
  }
  return {
    countIn: (watch, outcomes) => {
      const alerts: ClientAlert[] = [];
      for (const [index, outcome] of outcomes.entries()) {
        const client = clients[clientOf[index] ?? nobody];
        if (client === undefined || outcome.kind !== 'stored') continue;
        alerts.push(...watch.count(client, atMs[index] ?? nowMs, bits[index] ?? 0, pathHashes[index] ?? 0));
      }
      return alerts;
    },
  };
}
