/**
 * The embedded event store: the ports `EventStore` and `SqlReader` over a DuckDB file that a thread of its own holds.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { SluiceError, isSluiceError, messageOf } from '@sluice/errors';
import { duplicate, stored } from '@sluice/event';

import { createBufferPool } from './buffer-pool.ts';
import { createBlockEncoder } from './encode-block.ts';
import { createEventReader } from './event-reader.ts';
import { exportFolder } from './export-folder.ts';
import { parseMicros } from './parse-micros.ts';
import { deadLetterColumns, eventColumns } from './table-columns.ts';
import { createTurns } from './turns.ts';
import { createWorkerClient } from './worker-client.ts';

import type { StoreOutcome } from '@sluice/event';
import type { EventStore, Logger, PreparedBatch, SqlReader, StoreBatch } from '@sluice/ports';
import type { WorkerClient } from './worker-client.ts';

export interface DuckDbStoreConfig {
  /** The database file; made, with its folder, when it does not exist. */
  readonly path: string;
  /** What DuckDB may use for itself, MiB; the process needs about 200 MB more. */
  readonly memoryLimitMb: number;
  readonly threads: number;
  /** Seconds after which a user's query is ended. */
  readonly queryTimeoutSeconds: number;
  /** Several processes may read a file at once while none writes it. Default false. */
  readonly readOnly?: boolean | undefined;
  /** How long to wait for another process to let go of the file, ms. Default 2,000. */
  readonly lockWaitMs?: number | undefined;
}

export interface DuckDbStoreDeps {
  readonly logger: Logger;
  /** Where the thread's code is; by default beside this file. */
  readonly workerFile?: URL | undefined;
}

export interface DuckDbStore extends EventStore, SqlReader {
  /** Writes all events as one Parquet file in an existing folder, replacing what is there when it is complete. Writes wait meanwhile. */
  exportParquet(path: string): Promise<{ events: number }>;
}

/** Beside this file, as a source or in a bundle. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './store-worker.ts' : './store-worker.js', import.meta.url);

/**
 * Opens the database, made if need be.
 *
 * Invariant: a batch is durable (synced to disk) when its `write` resolves; an item is stored once by its event id.
 * After a failure, a full disk for one, the next call works again as soon as the cause is gone.
 * Errors: STORE_LOCKED, STORE_CORRUPT, STORE_FULL, STORE_UNAVAILABLE.
 * Cost: on the caller's thread 1-2 us per event; the rest in the store's own.
 */
export async function createDuckDbStore(config: DuckDbStoreConfig, deps: DuckDbStoreDeps): Promise<DuckDbStore> {
  const path = resolve(config.path);
  const client = createWorkerClient(
    {
      path,
      memoryLimitMb: config.memoryLimitMb,
      threads: config.threads,
      queryTimeoutMs: config.queryTimeoutSeconds * 1000,
      readOnly: config.readOnly ?? false,
      lockWaitMs: config.lockWaitMs ?? 2000,
    },
    deps.workerFile ?? workerFile,
    deps.logger.named('duckdb'),
  );
  await client.open();
  const open = closeable(client);
  const pool = createBufferPool();
  const eventEncoder = createBlockEncoder(eventColumns, pool);
  const letterEncoder = createBlockEncoder(deadLetterColumns, pool);
  let lastQuery = 0;
  // One at a time: the folder they share goes away after each.
  const exports = createTurns(1);

  const prepare = (batch: StoreBatch): PreparedBatch => {
    if (batch.documents.length + batch.deadLetters.length === 0) return { write: () => Promise.resolve({ documents: [], deadLetters: [] }) };
    const documents = eventEncoder.encode(batch.documents);
    const letters = letterEncoder.encode(batch.deadLetters);
    return {
      write: async () => {
        const verdicts = await open.call({ kind: 'write', documents: documents.blocks, deadLetters: letters.blocks });
        for (const buffer of documents.buffers.splice(0)) pool.giveBack(buffer);
        for (const buffer of letters.buffers.splice(0)) pool.giveBack(buffer);
        return { documents: toOutcomes(verdicts.documents), deadLetters: toOutcomes(verdicts.deadLetters) };
      },
    };
  };

  return {
    prepare,
    write: (batch) => prepare(batch).write(),
    ...createEventReader((query) => open.call({ kind: 'read', ...query })),
    querySql: (sql, signal) => queryRows(open, (lastQuery += 1), sql, signal),
    purge: (before) => {
      const beforeMicros = parseMicros(before);
      if (Number.isNaN(beforeMicros)) return Promise.reject(new SluiceError('USAGE', `not an ISO time: ${JSON.stringify(before.slice(0, 40))}`));
      return open.call({ kind: 'purge', beforeMicros });
    },
    exportParquet: (target) => exports(() => exportTo(open, path, resolve(target))),
    check: async () => {
      await open.call({ kind: 'check' });
    },
    close: open.close,
  };
}

interface OpenStore {
  readonly call: WorkerClient['call'];
  readonly close: () => Promise<void>;
}

function closeable(client: WorkerClient): OpenStore {
  let closing: Promise<void> | null = null;
  return {
    call: (request) => (closing === null ? client.call(request) : Promise.reject(new SluiceError('STORE_UNAVAILABLE', 'The event store is closed'))),
    close: () => {
      closing ??= endClient(client);
      return closing;
    },
  };
}

async function endClient(client: WorkerClient): Promise<void> {
  try {
    await client.call({ kind: 'close' });
  } catch (error) {
    // A thread that ended by itself has nothing left to close; nothing acknowledged can be lost by it.
    if (!isSluiceError(error)) throw error;
  }
  await client.ended();
}

function toOutcomes(verdicts: readonly Uint8Array[]): StoreOutcome[] {
  const outcomes: StoreOutcome[] = [];
  for (const block of verdicts) for (const verdict of block) outcomes.push(verdict === 1 ? stored : duplicate);
  return outcomes;
}

async function* queryRows(open: OpenStore, query: number, sql: string, signal: AbortSignal | undefined): AsyncIterable<Record<string, unknown>[]> {
  signal?.throwIfAborted();
  const cancel = (): void => void open.call({ kind: 'cancel', query }).catch(() => undefined);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const { columns } = await open.call({ kind: 'query', query, sql });
    for (;;) {
      signal?.throwIfAborted();
      const rows = await open.call({ kind: 'next', query });
      if (rows === null) return;
      // fromEntries defines keys as they are, so a column may be called `__proto__`.
      yield rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}

async function exportTo(open: OpenStore, database: string, target: string): Promise<{ events: number }> {
  const folder = exportFolder(database);
  const file = join(folder, `${randomUUID()}.parquet`);
  const complete = `${target}.partial`;
  try {
    const exported = await open.call({ kind: 'export', file });
    // The folder may lie on another disk, where a file cannot be renamed to.
    await rename(file, complete).catch(() => copyFile(file, complete));
    await rename(complete, target);
    return exported;
  } catch (error) {
    if (isSluiceError(error)) throw error;
    throw new SluiceError('STORE_UNAVAILABLE', `Writing ${target} failed: ${messageOf(error)}`, { cause: error });
  } finally {
    await rm(file, { force: true });
    await rmdir(folder).catch(() => undefined);
  }
}
