/**
 * How the parts of a process are, for health.
 */
import type { Indexing } from '@sluice/indexing';
import type { Ingestion } from '@sluice/ingestion';
import type { Clock, EventStore } from '@sluice/ports';
import type { ComponentHealth } from '@sluice/telemetry';

/** The store fails while a write is being tried again, and when it does not answer. */
export async function checkStore(store: Pick<EventStore, 'check'>, indexing: Pick<Indexing, 'storeFailure'>): Promise<ComponentHealth> {
  const failure = indexing.storeFailure();
  if (failure !== null) return { status: 'failed', message: failure };
  await store.check();
  return { status: 'ok' };
}

/** A publisher that repeats what it cannot get through is no better than brokers that do not answer. */
export async function checkPublisher(publisher: { check(): Promise<void>; failure(): string | null }): Promise<ComponentHealth> {
  const failure = publisher.failure();
  if (failure !== null) return { status: 'failed', message: failure };
  await publisher.check();
  return { status: 'ok' };
}

/** Longer than any rebalance takes. */
const awayLimitMs = 60_000;

/**
 * Builds the check of a consumer that runs: out of its group for a moment is degraded (it joins, or the group rebalances), for
 * longer it has failed.
 */
export function createConsumerCheck(consumer: ConsumerToCheck, clock: Clock): () => Promise<ComponentHealth> {
  let awaySinceMs: number | null = null;
  return async () => {
    await consumer.check();
    const { connected, rebalancing, partitions } = consumer.status();
    const data = { partitions: partitions.length };
    if (connected && !rebalancing) {
      awaySinceMs = null;
      return { status: 'ok', data };
    }
    awaySinceMs ??= clock.now();
    const awayMs = clock.now() - awaySinceMs;
    if (awayMs < awayLimitMs) return { status: 'degraded', message: rebalancing ? 'the group rebalances' : 'joining the group', data };
    return { status: 'failed', message: `no member of the group for ${Math.round(awayMs / 1000)} s`, data };
  };
}

interface ConsumerToCheck {
  check(): Promise<void>;
  status(): { readonly connected: boolean; readonly rebalancing: boolean; readonly partitions: readonly number[] };
}

/** A source that cannot be read is degraded, not failed: a restart or another replica would not help. */
export function checkSources(ingestion: Pick<Ingestion, 'status'>): ComponentHealth {
  const { phase, sources, batchesInFlight } = ingestion.status();
  const wrong = sources.flatMap(({ path, lastError }) => (lastError === null ? [] : [`${path}: ${lastError.message}`]));
  let files = 0;
  let bytesBehind = 0;
  let linesRead = 0;
  for (const source of sources) {
    files += source.files;
    bytesBehind += source.bytesBehind;
    linesRead += source.linesRead;
  }
  const data = { phase, files, bytesBehind, linesRead, batchesInFlight };
  if (phase === 'failed') return { status: 'failed', message: 'publishing failed for good', data };
  return wrong.length === 0 ? { status: 'ok', data } : { status: 'degraded', message: wrong.slice(0, 5).join('; '), data };
}
