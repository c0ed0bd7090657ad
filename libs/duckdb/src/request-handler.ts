/**
 * Answers the requests of the caller's thread: an ordered line for everything that changes the file, a second one for our
 * own reads, users' queries beside them.
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SluiceError } from '@sluice/errors';

import { isOutOfMemory, toStoreError, toReadError } from './database-error.ts';
import { createGroupWriter } from './group-writer.ts';
import { readRows } from './read-value.ts';
import { storedTables } from './schema.ts';
import { createUserQueries } from './user-queries.ts';

import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import type { OpenConfig, Row, SqlParameter, StoreAnswers, StoreRequest, WriteRequest } from './store-protocol.ts';

/** Rows that go into one transaction at most, beyond the first batch. */
const maxGroupRows = 16_384;

export interface RequestHandler {
  handle(request: StoreRequest): Promise<unknown>;
  /** Lets go of the file without finishing anything. */
  abandon(): void;
}

interface WaitingWrite {
  readonly request: WriteRequest;
  readonly resolve: (answer: StoreAnswers['write']) => void;
  readonly reject: (error: unknown) => void;
}

/** Creates the handler of an open database, which it closes at `close`. */
export function createRequestHandler(database: Database, config: OpenConfig): RequestHandler {
  const writer = createGroupWriter(database);
  const queries = createUserQueries(database, config.queryTimeoutMs);
  const inOrder = createLine();
  const reading = createLine();
  const waiting: WaitingWrite[] = [];
  let reader: DuckDBConnection | null = null;

  const writeNextGroup = async (): Promise<void> => {
    const group = takeGroup(waiting);
    if (group.length === 0) return;
    try {
      const answers = await writeWithRoom(group.map(({ request }) => request));
      group.forEach(({ resolve, reject }, at) => {
        const answer = answers[at];
        if (answer === undefined) reject(new SluiceError('STORE_UNAVAILABLE', 'A batch was not answered'));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  /** Memory is shared: a user's query that has taken it all gives way to the writer. */
  const writeWithRoom = async (requests: readonly WriteRequest[]): Promise<StoreAnswers['write'][]> => {
    try {
      return await writer.write(requests);
    } catch (error) {
      if (!(error instanceof SluiceError && isOutOfMemory(error.cause)) || (await queries.cancelAll()) === 0) throw error;
      return writer.write(requests);
    }
  };
  const write = (request: WriteRequest): Promise<StoreAnswers['write']> =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      void inOrder(writeNextGroup);
    });

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
          return write(request);
        case 'read':
          return reading(() => read(request.sql, request.parameters));
        case 'query':
          return queries.open(request.query, request.sql);
        case 'next':
          return queries.next(request.query);
        case 'cancel':
          return queries.cancel(request.query).then(() => null);
        case 'purge':
          return inOrder(() => writer.purge(request.beforeMicros));
        case 'export':
          return inOrder(() => exportEvents(database, request.file));
        case 'check':
          return reading(() => read(`SELECT schema_version FROM ${storedTables.meta}`, []).then(() => null));
        case 'close':
          return inOrder(close);
      }
    },
    abandon: () => {
      void queries.cancelAll();
      reader?.closeSync();
      database.close();
    },
  };
}

function takeGroup(waiting: WaitingWrite[]): WaitingWrite[] {
  let rows = 0;
  let count = 0;
  for (const { request } of waiting) {
    rows += rowsOf(request);
    if (count > 0 && rows > maxGroupRows) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function rowsOf(request: WriteRequest): number {
  let rows = 0;
  for (const block of request.documents) rows += block.rows;
  for (const block of request.deadLetters) rows += block.rows;
  return rows;
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
