/**
 * Reading what is stored: from OpenSearch, through the process that has the database open or, when there is none, from its file.
 */
import { existsSync } from 'node:fs';

import { SluiceError } from '@sluice/errors';
import { stateSocketPath } from '@sluice/ingestion';
import { silentLogger, systemClock } from '@sluice/ports';

import { connectControl } from './control-client.ts';
import { databasePath, openStore } from './open-store.ts';

import type { AnsweringStore } from './control-server.ts';
import type { Config } from '@sluice/config';

export type StoredEvents = AnsweringStore & { close(): Promise<void> };

const deps = { logger: silentLogger, clock: systemClock };

/**
 * Opens the stored events for reading.
 *
 * Errors: STORE_UNAVAILABLE when nothing was ever stored, STORE_LOCKED when a process that does not answer holds the file.
 */
export async function openStoredEvents(config: Config): Promise<StoredEvents> {
  if (config.pipeline.store === 'duckdb') {
    const owner = existsSync(config.state.directory) ? await connectControl(await stateSocketPath(config.state.directory)) : null;
    if (owner !== null) return { ...owner, close: () => Promise.resolve() };
    requireDatabase(config);
  }
  const store = await openStore(config, deps, true);
  // What a run has just stored belongs to its report.
  await store.refresh?.();
  return store;
}

/**
 * Removes events and dead letters older than `days` days.
 *
 * Errors: STORE_UNAVAILABLE when nothing was ever stored, STORE_LOCKED while a run or a daemon has the database.
 */
export async function purgeOlderThan(config: Config, days: number): Promise<{ events: number; deadLetters: number }> {
  if (config.pipeline.store === 'duckdb') requireDatabase(config);
  const store = await openStore(config, deps);
  try {
    return await store.purge(retentionLimit(days, Date.now()));
  } finally {
    await store.close();
  }
}

function requireDatabase(config: Config): void {
  if (existsSync(databasePath(config))) return;
  throw new SluiceError('STORE_UNAVAILABLE', `Nothing is stored yet: there is no ${databasePath(config)}.`, {
    hint: 'Read a log first: sluice --file access.log (or name the right folder with --set state.directory=...).',
  });
}

/** ISO 8601 UTC time before which events are too old. */
export function retentionLimit(days: number, nowMs: number): string {
  return new Date(nowMs - days * 86_400_000).toISOString();
}
