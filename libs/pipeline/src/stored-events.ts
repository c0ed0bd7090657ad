/**
 * Reading what is stored: through the process that has the database open or, when there is none, from the file.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { createDuckDbStore } from '@sluice/duckdb';
import { SluiceError } from '@sluice/errors';
import { stateSocketPath } from '@sluice/ingestion';
import { silentLogger } from '@sluice/ports';

import { connectControl } from './control-client.ts';

import type { AnsweringStore } from './control-server.ts';
import type { Config } from '@sluice/config';
import type { DuckDbStoreConfig } from '@sluice/duckdb';

export type StoredEvents = AnsweringStore & { close(): Promise<void> };

/** The DuckDB file of a configuration. */
export function databasePath(config: Config): string {
  return config.state.database ?? join(config.state.directory, 'sluice.duckdb');
}

/** A command that only reads ends soon and shares the process with nothing: large groupings need not spill to disk. */
const readerMemoryMb = 512;

/** How a configuration opens its DuckDB file. */
export function storeConfig(config: Config, readOnly: boolean): DuckDbStoreConfig {
  return {
    path: databasePath(config),
    memoryLimitMb: readOnly ? Math.max(config.duckdb.memory_limit_mb, readerMemoryMb) : config.duckdb.memory_limit_mb,
    threads: config.duckdb.threads,
    queryTimeoutSeconds: config.duckdb.query_timeout_seconds,
    readOnly,
  };
}

/**
 * Opens the stored events for reading.
 *
 * Errors: STORE_UNAVAILABLE when nothing was ever stored, STORE_LOCKED when a process that does not answer holds the file.
 */
export async function openStoredEvents(config: Config): Promise<StoredEvents> {
  const owner = existsSync(config.state.directory) ? await connectControl(await stateSocketPath(config.state.directory)) : null;
  if (owner !== null) return { ...owner, close: () => Promise.resolve() };
  requireDatabase(config);
  return createDuckDbStore(storeConfig(config, true), { logger: silentLogger });
}

/**
 * Removes events and dead letters older than `days` days.
 *
 * Errors: STORE_UNAVAILABLE when nothing was ever stored, STORE_LOCKED while a run or a daemon has the database.
 */
export async function purgeOlderThan(config: Config, days: number): Promise<{ events: number; deadLetters: number }> {
  requireDatabase(config);
  const store = await createDuckDbStore(storeConfig(config, false), { logger: silentLogger });
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
