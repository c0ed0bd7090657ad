/**
 * Runs users' SQL in the store's thread: checked, on a connection of its own, fetched chunk by chunk as the caller asks,
 * ended by a time limit that counts everything from the start to the last row.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { StatementType } from '@duckdb/node-api';
import { SluiceError } from '@sluice/errors';

import { toQueryError } from './database-error.ts';
import { assertHarmless, assertShort } from './query-guard.ts';
import { readRows } from './read-value.ts';

import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import type { Database } from './database.ts';
import type { Row, StoreAnswers } from './store-protocol.ts';

/** Each takes a thread of Node's pool, which commits and file reads need too. */
const maxConcurrent = 2;

/** A query that does not heed the interrupt (one endless function call) is answered for after this; its thread is not free yet. */
const graceMs = 1000;

interface OpenQuery {
  readonly connection: DuckDBConnection;
  readonly limit: TimeLimit;
  statement: DuckDBPreparedStatement | null;
  result: DuckDBResult | null;
  types: readonly DuckDBType[];
  /** The work in DuckDB's threads, one call at a time; never rejects. */
  working: Promise<unknown>;
}

interface TimeLimit {
  /** Rejects with QUERY_LIMIT some time after the limit. */
  readonly passed: Promise<never>;
  readonly isOver: () => boolean;
  readonly stop: () => void;
}

export interface UserQueries {
  /** Errors: QUERY_REJECTED, QUERY_FAILED, QUERY_LIMIT. */
  open(query: number, sql: string): Promise<StoreAnswers['query']>;
  /** The next rows; null after the last, when the query is closed. Errors as in `open`; the query is closed then too. */
  next(query: number): Promise<Row[] | null>;
  /** Ends a query wherever it stands, and resolves when what it held is free; unknown numbers are fine. */
  cancel(query: number): Promise<void>;
  /** Ends all of them, waiting a moment for what they hold; resolves with their number. */
  cancelAll(): Promise<number>;
}

/** Creates the runner; `timeoutMs` is for one query as a whole. */
export function createUserQueries(database: Database, timeoutMs: number): UserQueries {
  const queries = new Map<number, OpenQuery>();
  let slotsTaken = 0;

  const cancel = async (number: number): Promise<void> => {
    const query = queries.get(number);
    if (query === undefined) return;
    queries.delete(number);
    query.connection.interrupt();
    // A connection must not be closed under work that runs in another thread.
    await query.working;
    query.limit.stop();
    query.statement?.destroySync();
    query.connection.closeSync();
    slotsTaken -= 1;
  };
  /** Runs a step of a query, not longer than its limit; whatever fails ends the query. */
  const step = async <T>(number: number, query: OpenQuery, work: () => Promise<T>): Promise<T> => {
    try {
      if (query.limit.isOver()) await query.limit.passed;
      const working = work();
      query.working = working.catch(() => undefined);
      return await Promise.race([working, query.limit.passed]);
    } catch (error) {
      void cancel(number);
      throw query.limit.isOver() ? overdue(timeoutMs) : toQueryError(error);
    }
  };
  const start = async (query: OpenQuery, sql: string): Promise<StoreAnswers['query']> => {
    await check(query.connection, sql);
    query.statement = await query.connection.prepare(sql);
    if (query.statement.statementType !== StatementType.SELECT) throw new SluiceError('QUERY_REJECTED', 'Only SELECT is allowed.');
    query.result = await query.statement.stream();
    query.types = query.result.columnTypes();
    return { columns: query.result.deduplicatedColumnNames() };
  };
  const fetch = async (query: OpenQuery): Promise<Row[] | null> => {
    const chunk = (await query.result?.fetchChunk()) ?? null;
    return chunk === null || chunk.rowCount === 0 ? null : readRows(chunk, query.types);
  };
  const connect = async (): Promise<DuckDBConnection> => {
    if (slotsTaken >= maxConcurrent) throw new SluiceError('QUERY_LIMIT', `${maxConcurrent} queries are running already.`);
    slotsTaken += 1;
    try {
      return await database.connect();
    } catch (error) {
      slotsTaken -= 1;
      throw toQueryError(error);
    }
  };

  return {
    open: async (number, sql) => {
      const connection = await connect();
      const limit = startLimit(connection, timeoutMs);
      const query: OpenQuery = { connection, limit, statement: null, result: null, types: [], working: Promise.resolve() };
      queries.set(number, query);
      // An asker that stopped reading must not keep others from asking.
      limit.passed.catch(() => void cancel(number));
      return step(number, query, () => start(query, sql));
    },
    next: async (number) => {
      const query = queries.get(number);
      if (query === undefined) throw new SluiceError('QUERY_FAILED', 'The query was ended.');
      const rows = await step(number, query, () => fetch(query));
      if (rows === null) await cancel(number);
      return rows;
    },
    cancel,
    cancelAll: async () => {
      const numbers = [...queries.keys()];
      // Unreferenced: it would keep the thread, and a command that is done, for another second.
      await Promise.race([Promise.all(numbers.map(cancel)), sleep(graceMs, undefined, { ref: false })]);
      return numbers.length;
    },
  };
}

function overdue(timeoutMs: number): SluiceError {
  return new SluiceError('QUERY_LIMIT', `The query took longer than ${timeoutMs / 1000} s.`);
}

/** Interrupts the connection when the time is up, again and again: an interrupt between two calls has no effect. */
function startLimit(connection: DuckDBConnection, timeoutMs: number): TimeLimit {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  let isOver = false;
  let timer = setTimeout(() => {
    isOver = true;
    const grace = performance.now() + graceMs;
    timer = setInterval(() => {
      connection.interrupt();
      if (performance.now() > grace) reject(overdue(timeoutMs));
    }, 100);
    connection.interrupt();
  }, timeoutMs);
  return {
    passed: promise,
    isOver: () => isOver,
    stop: () => {
      clearTimeout(timer);
    },
  };
}

async function check(connection: DuckDBConnection, sql: string): Promise<void> {
  assertShort(sql);
  const answer = await connection.runAndReadAll('SELECT json_serialize_sql(?::VARCHAR)', [sql]);
  assertHarmless(String(answer.getRows()[0]?.[0]));
}
