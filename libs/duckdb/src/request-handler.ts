/**
 * Answers the requests of the caller's thread: an ordered line for everything that changes the file, a second one for our
 * own reads, users' queries beside them.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { toStoreError, toReadError } from './database-error.ts';
import { createGroupWriter } from './group-writer.ts';
import { readRows } from './read-value.ts';
import { storedTables } from './schema.ts';
import { createUserQueries } from './user-queries.ts';
import { createWriteLine } from './write-line.ts';

import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import type { OpenConfig, Row, SqlParameter, StoreAnswers, StoreRequest } from './store-protocol.ts';

export interface RequestHandler {
  handle(request: StoreRequest): Promise<unknown>;
  /** Lets go of the file without finishing anything. */
  abandon(): void;
}

/** Creates the handler of an open database, which it closes at `close`. */
export function createRequestHandler(database: Database, config: OpenConfig): RequestHandler {
  const writer = createGroupWriter(database);
  const queries = createUserQueries(database, config.queryTimeoutMs);
  const inOrder = createLine();
  const reading = createLine();
  const writes = createWriteLine(writer, { inOrder, makeRoom: () => queries.cancelAll() });
  let reader: DuckDBConnection | null = null;

  const read = async (sql: string, parameters: readonly SqlParameter[]): Promise<Row[]> => {
    try {
      reader ??= await database.connect();
      const result = await reader.run(sql, [...parameters]);
      const types = result.columnTypes();
      const chunks = await result.fetchAllChunks();
      return chunks.flatMap((chunk) => readRows(chunk, types));
    } catch (error) {
      throw toReadError(error);
    }
  };
  const afterWrites = <T>(task: () => Promise<T>): Promise<T> =>
    inOrder(async () => {
      await writes.settle();
      return task();
    });
  const close = async (): Promise<null> => {
    await queries.cancelAll();
    await reading(() => {
      reader?.closeSync();
      reader = null;
      return Promise.resolve();
    });
    await writer.close();
    database.close();
    return null;
  };

  return {
    handle: (request) => {
      switch (request.kind) {
        case 'write':
          return writes.write(request);
        case 'read':
          return reading(() => read(request.sql, request.parameters));
        case 'query':
          return queries.open(request.query, request.sql);
        case 'next':
          return queries.next(request.query);
        case 'cancel':
          return queries.cancel(request.query).then(() => null);
        case 'purge':
          return afterWrites(() => writer.purge(request.beforeMicros));
        case 'export':
          return afterWrites(() => exportEvents(database, request.file));
        case 'check':
          return reading(() => read(`SELECT schema_version FROM ${storedTables.meta}`, []).then(() => null));
        case 'close':
          return afterWrites(close);
      }
    },
    abandon: () => {
      writes.stop();
      void queries.cancelAll();
      reader?.closeSync();
      database.close();
    },
  };
}

/** Runs tasks one after the other; each answer or failure goes to its own caller. */
function createLine(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task);
    last = run.catch(() => undefined);
    return run;
  };
}

async function exportEvents(database: Database, file: string): Promise<StoreAnswers['export']> {
  const connection = await database.connect();
  try {
    await mkdir(dirname(file), { recursive: true });
    const target = file.replaceAll("'", "''");
    const result = await connection.run(`COPY (SELECT * FROM events) TO '${target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)`);
    return { events: result.rowsChanged };
  } catch (error) {
    throw toStoreError(error, 'The export');
  } finally {
    connection.closeSync();
  }
}
