/**
 * The ports of telemetry over one Prometheus registry. No globals: every call makes its own instruments.
 *
 * Invariant: received = stored + duplicate + dead_lettered + dropped + in flight. What comes into the process is counted
 * once: by ingestion where there is one, else by indexing.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';

import { createIndexingTelemetry } from './indexing-telemetry.ts';
import { createIngestionTelemetry } from './ingestion-telemetry.ts';
import { createInstruments } from './instruments.ts';
import { createTally } from './tally.ts';
import { createTransportTelemetry } from './transport-telemetry.ts';

import type { CacheName, CacheStats, IndexingTelemetry, IngestionTelemetry, TransportTelemetry } from '@sluice/ports';
import type { MetricKey } from './metric-definitions.ts';
import type { RecordBalance } from './tally.ts';

/** Which halves run in the process: `all` on one machine, else one of the services. */
export type ProcessRole = 'all' | 'ingest' | 'indexer';

export interface MetricsOptions {
  /** Default: a new one. */
  readonly registry?: Registry | undefined;
  readonly role?: ProcessRole | undefined;
  /** The halves are joined by a topic: what comes in is counted where it is consumed, as in the indexer. Default: false. */
  readonly consumes?: boolean | undefined;
  readonly version?: string | undefined;
  readonly commit?: string | undefined;
  /** Metrics of the process itself (memory, CPU, event loop); default: true. */
  readonly processMetrics?: boolean | undefined;
}

export type CacheReader = () => Readonly<Partial<Record<CacheName, CacheStats>>>;

export interface Metrics {
  readonly ingestion: IngestionTelemetry;
  readonly indexing: IndexingTelemetry;
  readonly transport: TransportTelemetry;
  readonly registry: Registry;
  /** Names a reader of cache counters, called when metrics are scraped. May be called several times. */
  registerCaches(read: CacheReader): void;
  /** Where everything that was received is now. */
  balance(): RecordBalance;
}

/** The event loop is looked at ten times a second: a hundred, the usual figure, costs an idle process half its CPU. */
const loopPrecisionMs = 100;

/** Registers all metrics in the registry; call once per registry. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = options.registry ?? new Registry();
  const role = options.role ?? 'all';
  const counting = options.consumes === true ? 'indexer' : role;
  const tally = createTally(counting);
  const caches: CacheReader[] = [];

  const beforeScrape = (key: MetricKey): void => {
    if (key === 'inFlight') instruments.set('inFlight', tally.balance().inFlight);
    if (key === 'cacheHits') readCaches();
  };
  const instruments = createInstruments(registry, beforeScrape);
  const readCaches = (): void => {
    for (const read of caches) {
      for (const [cache, stats] of Object.entries(read())) {
        instruments.setCounter('cacheHits', stats.hits, { cache });
        instruments.setCounter('cacheMisses', stats.misses, { cache });
        instruments.set('cacheEntries', stats.entries, { cache });
      }
    }
  };
  instruments.set('activeConnections', 0);
  instruments.set('lastStored', 0);
  instruments.set('buildInfo', 1, { version: options.version ?? 'unknown', commit: options.commit ?? 'unknown', node: process.version, role });
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopPrecisionMs });

  return {
    ingestion: createIngestionTelemetry(counting, instruments, tally),
    indexing: createIndexingTelemetry(counting, instruments, tally),
    transport: createTransportTelemetry(instruments),
    registry,
    registerCaches: (read) => caches.push(read),
    balance: () => tally.balance(),
  };
}
