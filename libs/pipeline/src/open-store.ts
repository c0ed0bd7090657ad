/**
 * The event store of a configuration: the embedded one, or OpenSearch.
 */
import { join } from 'node:path';

import { createDuckDbStore } from '@sluice/duckdb';
import { SluiceError } from '@sluice/errors';
import { createOpenSearchStore } from '@sluice/opensearch';

import type { AnsweringStore } from './control-server.ts';
import type { Config } from '@sluice/config';
import type { DuckDbStoreConfig } from '@sluice/duckdb';
import type { Clock, EventStore, Logger } from '@sluice/ports';

export interface StoreDeps {
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface OpenStore extends EventStore, AnsweringStore {
  /** Lets readers find everything that was stored before, where that takes a while. */
  refresh?(): Promise<void>;
}

/** The DuckDB file of a configuration. */
export function databasePath(config: Config): string {
  return config.state.database ?? join(config.state.directory, 'sluice.duckdb');
}

/** A command that only reads ends soon and shares the process with nothing: large groupings need not spill to disk. */
const readerMemoryMb = 512;

/**
 * Opens the store. DuckDB is opened for one writing process, or for reading; OpenSearch is not asked anything yet.
 *
 * Errors: STORE_LOCKED, STORE_CORRUPT, STORE_FULL, STORE_UNAVAILABLE of the embedded store.
 */
export function openStore(config: Config, deps: StoreDeps, readOnly = false): Promise<OpenStore> {
  return config.pipeline.store === 'duckdb'
    ? createDuckDbStore(duckDbConfig(config, readOnly), deps)
    : Promise.resolve(openSearchStore(config, deps));
}

function duckDbConfig(config: Config, readOnly: boolean): DuckDbStoreConfig {
  return {
    path: databasePath(config),
    memoryLimitMb: readOnly ? Math.max(config.duckdb.memory_limit_mb, readerMemoryMb) : config.duckdb.memory_limit_mb,
    threads: config.duckdb.threads,
    queryTimeoutSeconds: config.duckdb.query_timeout_seconds,
    readOnly,
  };
}

/** OpenSearch has neither our SQL nor files to export. */
function openSearchStore(config: Config, deps: StoreDeps): OpenStore {
  const store = createOpenSearchStore(config.elasticsearch, deps);
  const embeddedOnly = (what: string): SluiceError =>
    new SluiceError('QUERY_REJECTED', `${what} is there for the embedded store only, and pipeline.store is opensearch.`, {
      hint: 'Use `sluice report`, or the search of OpenSearch itself.',
    });
  return {
    ...store,
    querySql: () => {
      throw embeddedOnly('SQL');
    },
    exportParquet: () => Promise.reject(embeddedOnly('Export')),
  };
}
