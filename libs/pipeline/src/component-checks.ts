/**
 * How the parts of a process are, for health.
 */
import type { DependencyCheck } from './await-dependencies.ts';
import type { Indexing } from '@sluice/indexing';
import type { Ingestion } from '@sluice/ingestion';
import type { EventStore } from '@sluice/ports';
import type { ComponentHealth } from '@sluice/telemetry';

/** The store fails while a write is being tried again, and when it does not answer. */
export async function checkStore(store: Pick<EventStore, 'check'>, indexing: Pick<Indexing, 'storeFailure'>): Promise<ComponentHealth> {
  const failure = indexing.storeFailure();
  if (failure !== null) return { status: 'failed', message: failure };
  await store.check();
  return { status: 'ok' };
}

/** A check that passes or rejects, as health. */
export async function checkDependency(check: DependencyCheck): Promise<ComponentHealth> {
  await check();
  return { status: 'ok' };
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
