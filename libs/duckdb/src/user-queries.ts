/**
 * Runs users' SQL in the store's thread: checked, on a connection of its own, fetched chunk by chunk as the caller asks,
 * ended by a time limit that counts everything from the start to the last row.
 */
import { StatementType } from '@duckdb/node-api';
import { SluiceError } from '@sluice/errors';

import { toQueryError } from './database-error.ts';
import { assertHarmless } from './query-guard.ts';
import { readRows } from './read-value.ts';

import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import type { Database } from './database.ts';
import type { Row, StoreAnswers } from './store-protocol.ts';

/** Each takes a thread of Node's pool, which commits and file reads need too. */
const maxConcurrent = 2;

interface OpenQuery {
  readonly connection: DuckDBConnection;
  readonly statement: DuckDBPreparedStatement;
  readonly result: DuckDBResult;
  readonly types: readonly DuckDBType[];
  readonly limit: TimeLimit;
  /** The fetch under way; never rejects. */
  fetching: Promise<unknown> | null;
}

interface TimeLimit {
  readonly timer: NodeJS.Timeout;
  isOver: boolean;
}

export interface UserQueries {
  /** Errors: QUERY_REJECTED, QUERY_FAILED, QUERY_LIMIT. */
  open(query: number, sql: string): Promise<StoreAnswers['query']>;
  /** The next rows; null after the last, when the query is closed. Errors as in `open`; the query is closed then too. */
  next(query: number): Promise<Row[] | null>;
  /** Ends a query wherever it stands; unknown numbers are fine. */
  cancel(query: number): Promise<void>;
  /** Ends all of them, and resolves with their number when what they held is free. */
  cancelAll(): Promise<number>;
}

/** Creates the runner; `timeoutMs` is for one query as a whole. */
export function createUserQueries(database: Database, timeoutMs: number): UserQueries {
  const open = new Map<number, OpenQuery>();
  const starting = new Map<number, { connection: DuckDBConnection; started: Promise<unknown> }>();

  const cancel = async (number: number): Promise<void> => {
    starting.get(number)?.connection.interrupt();
    const query = open.get(number);
    if (query === undefined) return;
    open.delete(number);
    clearTimeout(query.limit.timer);
    query.connection.interrupt();
    // A connection must not be closed under a fetch that runs in another thread.
    await query.fetching;
    query.statement.destroySync();
    query.connection.closeSync();
  };
  const explain = (error: unknown, limit: TimeLimit): SluiceError =>
    limit.isOver ? new SluiceError('QUERY_LIMIT', `The query took longer than ${timeoutMs / 1000} s.`) : toQueryError(error);

  const start = async (number: number, sql: string, connection: DuckDBConnection): Promise<StoreAnswers['query']> => {
    const limit: TimeLimit = {
      timer: setTimeout(() => {
        limit.isOver = true;
        connection.interrupt();
      }, timeoutMs),
      isOver: false,
    };
    try {
      await check(connection, sql);
      const statement = await connection.prepare(sql);
      if (statement.statementType !== StatementType.SELECT) throw new SluiceError('QUERY_REJECTED', 'Only SELECT is allowed.');
      const result = await statement.stream();
      open.set(number, { connection, statement, result, types: result.columnTypes(), limit, fetching: null });
      return { columns: result.deduplicatedColumnNames() };
    } catch (error) {
      clearTimeout(limit.timer);
      throw explain(error, limit);
    }
  };
  const fetch = async (query: OpenQuery): Promise<Row[] | null> => {
    const fetching = query.result.fetchChunk();
    query.fetching = fetching.catch(() => undefined);
    const chunk = await fetching;
    return chunk === null || chunk.rowCount === 0 ? null : readRows(chunk, query.types);
  };

  return {
    open: async (number, sql) => {
      if (open.size + starting.size >= maxConcurrent) throw new SluiceError('QUERY_LIMIT', `${maxConcurrent} queries are running already.`);
      const connection = await database.connect();
      const started = start(number, sql, connection);
      const settled = started.catch(() => {
        connection.closeSync();
      });
      starting.set(number, { connection, started: settled });
      try {
        return await started;
      } finally {
        starting.delete(number);
      }
    },
    next: async (number) => {
      const query = open.get(number);
      if (query === undefined) throw new SluiceError('QUERY_FAILED', 'The query was ended.');
      try {
        if (query.limit.isOver) throw explain(null, query.limit);
        const rows = await fetch(query);
        if (rows === null) await cancel(number);
        return rows;
      } catch (error) {
        await cancel(number);
        throw explain(error, query.limit);
      }
    },
    cancel,
    cancelAll: async () => {
      const starts = [...starting.values()];
      for (const { connection } of starts) connection.interrupt();
      await Promise.all(starts.map(({ started }) => started));
      const numbers = [...open.keys()];
      await Promise.all(numbers.map(cancel));
      return Math.max(starts.length, numbers.length);
    },
  };
}

async function check(connection: DuckDBConnection, sql: string): Promise<void> {
  const answer = await connection.runAndReadAll('SELECT json_serialize_sql(?::VARCHAR)', [sql]);
  assertHarmless(String(answer.getRows()[0]?.[0]));
}
