/**
 * What one batch of stored events shows: counts for metrics and alerts, made once per batch.
 */
import type { BotKind, Severity, StoreOutcome } from '@sluice/event';
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

/** Sums up the newly stored documents; `outcomes` is aligned with `documents`, repeats are left out. */
export function summariseFindings(documents: readonly StoreDocument[], outcomes: readonly StoreOutcome[]): Findings {
  const threats = new Map<string, ThreatCount>();
  const bots = new Map<BotKind, number>();
  const flagged: FlaggedRequest[] = [];
  documents.forEach(({ event, enrichment }, index) => {
    if (outcomes[index]?.kind !== 'stored') return;
    if (enrichment.bot !== undefined) bots.set(enrichment.bot.kind, (bots.get(enrichment.bot.kind) ?? 0) + 1);
    if (enrichment.security_threat !== true) return;
    for (const { class: threatClass, severity } of enrichment.threats ?? []) {
      const key = `${threatClass} ${severity}`;
      const known = threats.get(key);
      if (known === undefined) threats.set(key, { threatClass, severity, count: 1 });
      else known.count++;
    }
    const client = event.ip_address ?? event.client_host;
    if (client !== undefined) flagged.push({ client, timestamp: event.timestamp });
  });
  return { threats: [...threats.values()], bots, flagged };
}
