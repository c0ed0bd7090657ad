/**
 * Plain counts of where records are, beside the counters of Prometheus: the identity is computed from these.
 */
import type { ProcessRole } from './create-metrics.ts';

export interface RecordBalance {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly dropped: number;
  /** Received and given back to the topic, to be received again. */
  readonly returned: number;
  /** Acknowledged downstream; the end of a record in the ingest service, a step on the way elsewhere. */
  readonly published: number;
  /** Received less everything that came to an end; 0 when the process is idle, never negative. */
  readonly inFlight: number;
}

export type TallyName = Exclude<keyof RecordBalance, 'inFlight'>;

export interface Tally {
  add(name: TallyName, count: number): void;
  balance(): RecordBalance;
}

/** Starts at zero; see `RecordBalance`. */
export function createTally(role: ProcessRole): Tally {
  const counts: Record<TallyName, number> = { received: 0, stored: 0, duplicate: 0, deadLettered: 0, dropped: 0, returned: 0, published: 0 };
  return {
    add: (name, count) => {
      counts[name] += count;
    },
    balance: () => {
      const ended = role === 'ingest' ? counts.published : counts.stored + counts.duplicate + counts.deadLettered;
      return { ...counts, inFlight: counts.received - counts.dropped - counts.returned - ended };
    },
  };
}
