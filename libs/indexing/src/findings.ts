/**
 * What one batch of stored events shows: counts for metrics and alerts.
 *
 * What is notable is picked out when the batch is enriched, because its events do not live until it is stored; it is
 * counted once that is known, for what is newly stored only.
 */
import type { BotKind, Severity, StoreOutcome, Threat } from '@sluice/event';
import type { StoreDocument } from '@sluice/ports';

export interface ThreatCount {
  threatClass: string;
  severity: Severity;
  count: number;
}

export interface Findings {
  threats: ThreatCount[];
  bots: Map<BotKind, number>;
  flagged: FlaggedRequest[];
}

export interface FlaggedRequest {
  /** Client address or, where the log has names, client host. */
  client: string;
  /** ISO 8601 UTC, when the request was made; null when the log has no times. */
  timestamp: string | null;
}

/** One event by a bot, or flagged, or both; `index` is its place in the batch. */
export interface Notable {
  readonly index: number;
  readonly botKind: BotKind | null;
  /** Null: not flagged. */
  readonly threats: readonly Threat[] | null;
  readonly client: string | null;
  readonly timestamp: string | null;
}

/** Picks out what is notable. */
export function findNotable(documents: readonly StoreDocument[]): Notable[] {
  const notable: Notable[] = [];
  documents.forEach(({ event, enrichment }, index) => {
    const flagged = enrichment.security_threat === true;
    if (enrichment.bot === undefined && !flagged) return;
    notable.push({
      index,
      botKind: enrichment.bot?.kind ?? null,
      threats: flagged ? (enrichment.threats ?? []) : null,
      client: flagged ? (event.ip_address ?? event.client_host ?? null) : null,
      timestamp: flagged ? event.timestamp : null,
    });
  });
  return notable;
}

/** Sums up what was newly stored; `outcomes` is aligned with the batch, repeats are left out. */
export function summariseFindings(notable: readonly Notable[], outcomes: readonly StoreOutcome[]): Findings {
  const counts = new Map<string, ThreatCount>();
  const bots = new Map<BotKind, number>();
  const flagged: FlaggedRequest[] = [];
  for (const { index, botKind, threats, client, timestamp } of notable) {
    if (outcomes[index]?.kind !== 'stored') continue;
    if (botKind !== null) bots.set(botKind, (bots.get(botKind) ?? 0) + 1);
    if (threats === null) continue;
    for (const { class: threatClass, severity } of threats) {
      const key = `${threatClass} ${severity}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { threatClass, severity, count: 1 });
      else known.count++;
    }
    if (client !== null) flagged.push({ client, timestamp });
  }
  return { threats: [...counts.values()], bots, flagged };
}
