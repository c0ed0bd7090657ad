/**
 * Adds batches to a transaction, in the order of their arrival, and commits it when told to (`write-line.ts`).
 *
 * Invariant: events, dead letters and progress are committed together; after a failure nothing of the transaction is stored and
 * the next one starts with a fresh connection.
 */
import { listValue } from '@duckdb/node-api';

import { createChunkFiller } from './fill-chunk.ts';
import { toStoreError } from './database-error.ts';
import { storedTables } from './schema.ts';
import { decideGroup } from './stored-progress.ts';
import { deadLetterColumns, eventColumns } from './table-columns.ts';

import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Database } from './database.ts';
import type { ChunkFiller } from './fill-chunk.ts';
import type { GroupDecision, Lookup, Progress, TableBlocks, TableName } from './stored-progress.ts';
import type { StoreAnswers, WriteRequest } from './store-protocol.ts';

const tableColumns = { events: eventColumns, dead_letters: deadLetterColumns } as const;
const tables: readonly TableName[] = ['events', 'dead_letters'];

interface Session {
  readonly connection: DuckDBConnection;
  readonly appenders: Record<TableName, DuckDBAppender>;
  readonly progressAppender: DuckDBAppender;
}

/** Rows that DuckDB gathers on the side before they go into the transaction; it holds them once more meanwhile. */
const flushRows = 8192;

export interface GroupWriter {
  /** Rows of the open transaction; 0 when none is open. */
  readonly openRows: number;
  /**
   * Adds a group to the open transaction, or to a new one when something of it is new. The answers, aligned with it, come true with
   * the next `commit`. Errors: SluiceErrors of the store, for all that the transaction held.
   */
  append(group: readonly WriteRequest[]): Promise<StoreAnswers['write'][]>;
  /** Makes the open transaction durable, if there is one. Errors: as above. */
  commit(): Promise<void>;
  /** To be called without an open transaction. */
  purge(beforeMicros: number): Promise<StoreAnswers['purge']>;
  /** Folds the log into the file and ends the connection. */
  close(): Promise<void>;
}

/** Creates the writer of an open database; `progress` is loaded from the file at the first write. */
export function createGroupWriter(database: Database): GroupWriter {
  let session: Session | null = null;
  let progress: Map<string, Progress> | null = null;
  /** Keys whose progress the open transaction moves. */
  const moved = new Set<string>();
  let openRows = 0;
  let unflushedRows = 0;
  const fillers = new Map<TableName, ChunkFiller>();

  const open = async (): Promise<Session> => {
    const connection = await database.connect();
    const appenders = {
      events: await connection.createAppender(storedTables.events),
      dead_letters: await connection.createAppender(storedTables.dead_letters),
    };
    for (const table of tables) {
      const columns = tableColumns[table];
      const types = columns.map((_, at) => appenders[table].columnType(at));
      if (!fillers.has(table)) fillers.set(table, createChunkFiller(types, columns.map(({ kind }) => kind))); // prettier-ignore
    }
    return { connection, appenders, progressAppender: await connection.createAppender(storedTables.progress) };
  };
  const current = async (): Promise<Session> => (session ??= await open());

  const begin = async (opened: Session): Promise<void> => {
    if (openRows === 0) await opened.connection.run('BEGIN');
  };
  const flush = ({ appenders }: Session): void => {
    if (unflushedRows === 0) return;
    for (const table of tables) appenders[table].flushSync();
    unflushedRows = 0;
  };
  const appendParts = ({ appenders }: Session, parts: readonly TableBlocks[], { verdicts }: GroupDecision): void => {
    parts.forEach((part, batch) => {
      part.blocks.forEach((block, at) => {
        const keep = newRows(verdicts[batch]?.[at] ?? new Uint8Array());
        if (keep !== null && keep.length === 0) return;
        const chunk = fillers.get(part.table)?.fill(block, keep);
        if (chunk !== undefined) appenders[part.table].appendDataChunk(chunk);
      });
    });
  };

  /** Rows of a failed transaction must not be flushed later by the end of their appender. */
  const abandon = async (): Promise<void> => {
    const failed = session;
    session = null;
    // What the file says is what counts.
    progress = null;
    moved.clear();
    openRows = 0;
    unflushedRows = 0;
    if (failed === null) return;
    for (const appender of appendersOf(failed)) ignoreError(() => appender.clear());
    await failed.connection.run('ROLLBACK').catch(() => undefined);
    for (const appender of appendersOf(failed)) ignoreError(() => appender.closeSync());
    failed.connection.closeSync();
  };

  return {
    get openRows() {
      return openRows;
    },
    append: async (group) => {
      try {
        const opened = await current();
        progress ??= await loadProgress(opened.connection);
        const parts = group.flatMap(partsOf);
        const decision = await decideGroup(parts, progress, (lookup) => {
          flush(opened);
          return findExisting(opened.connection, lookup);
        });
        if (decision.newItems > 0) {
          await begin(opened);
          openRows += decision.newItems;
          unflushedRows += decision.newItems;
          appendParts(opened, parts, decision);
          for (const [key, value] of decision.changes) {
            progress.set(key, value);
            moved.add(key);
          }
          if (unflushedRows >= flushRows) flush(opened);
        }
        return group.map((_, at) => ({ documents: decision.verdicts[at * 2] ?? [], deadLetters: decision.verdicts[at * 2 + 1] ?? [] }));
      } catch (error) {
        await abandon();
        throw toStoreError(error, 'Storing a batch');
      }
    },
    commit: async () => {
      if (openRows === 0) return;
      try {
        const opened = await current();
        flush(opened);
        for (const key of moved) appendProgress(opened.progressAppender, key, progress?.get(key));
        opened.progressAppender.flushSync();
        await opened.connection.run('COMMIT');
        openRows = 0;
        moved.clear();
      } catch (error) {
        await abandon();
        throw toStoreError(error, 'Storing a batch');
      }
    },
    purge: async (beforeMicros) => {
      try {
        return await purge((await current()).connection, beforeMicros);
      } catch (error) {
        await abandon();
        throw toStoreError(error, 'Removing old events');
      }
    },
    close: async () => {
      const open = session;
      session = null;
      if (open === null) return;
      for (const appender of appendersOf(open)) appender.closeSync();
      // A failure here loses nothing: the log is read at the next start.
      await open.connection.run('CHECKPOINT').catch(() => undefined);
      open.connection.closeSync();
    },
  };
}

function partsOf(request: WriteRequest): TableBlocks[] {
  const blocks = { events: request.documents, dead_letters: request.deadLetters };
  return tables.map((table) => ({ table, blocks: blocks[table], ...originColumns[table] }));
}

const originColumns = { events: placeOf(eventColumns), dead_letters: placeOf(deadLetterColumns) };

function placeOf(columns: readonly { readonly name: string }[]): { idColumn: number; offsetColumn: number } {
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  return { idColumn: at('event_id'), offsetColumn: at('log_offset') };
}

/** Null: every row is new. */
function newRows(verdict: Uint8Array): Uint16Array | null {
  let count = 0;
  for (const isNew of verdict) count += isNew;
  if (count === verdict.length) return null;
  const rows = new Uint16Array(count);
  let at = 0;
  verdict.forEach((isNew, row) => {
    if (isNew === 1) rows[at++] = row;
  });
  return rows;
}

async function findExisting(connection: DuckDBConnection, { table, ids, range }: Lookup): Promise<Set<string>> {
  const within = range === null ? '' : 'log_offset BETWEEN $from::BIGINT AND $to::BIGINT AND ';
  const sql = `SELECT event_id FROM ${storedTables[table]} WHERE ${within}event_id IN (SELECT unnest($ids::VARCHAR[]))`;
  const found = await connection.runAndReadAll(sql, { ids: listValue(ids), ...range });
  return new Set(found.getRows().map(([id]) => String(id)));
}

/** Rows of progress beyond those needed that are left to lie. */
const spareProgressRows = 10_000;

/** Each transaction adds a row for each of its files; the furthest counts. An update in place cost 1-2 ms a time. */
async function loadProgress(connection: DuckDBConnection): Promise<Map<string, Progress>> {
  const latest = `SELECT file_key, max(next_offset), bool_or(irregular) FROM ${storedTables.progress} GROUP BY file_key`;
  const rows = (await connection.runAndReadAll(latest)).getRows();
  const total = Number((await connection.runAndReadAll(`SELECT count(*) FROM ${storedTables.progress}`)).getRows()[0]?.[0]);
  if (total > 2 * rows.length + spareProgressRows) {
    await connection.run('BEGIN');
    await connection.run(`CREATE TEMP TABLE latest AS ${latest}`);
    await connection.run(`DELETE FROM ${storedTables.progress}`);
    await connection.run(`INSERT INTO ${storedTables.progress} FROM latest`);
    await connection.run('DROP TABLE latest');
    await connection.run('COMMIT');
  }
  return new Map(rows.map(([key, next, irregular]) => [String(key), { next: Number(next), irregular: irregular === true }]));
}

function appendProgress(appender: DuckDBAppender, key: string, progress: Progress | undefined): void {
  if (progress === undefined) return;
  const { next, irregular } = progress;
  appender.appendVarchar(key);
  appender.appendBigInt(BigInt(next));
  appender.appendBoolean(irregular);
  appender.endRow();
}

const appendersOf = (session: Session): DuckDBAppender[] => [...Object.values(session.appenders), session.progressAppender];

async function purge(connection: DuckDBConnection, beforeMicros: number): Promise<StoreAnswers['purge']> {
  const before = [beforeMicros];
  await connection.run('BEGIN');
  const events = await connection.run(
    `DELETE FROM ${storedTables.events} WHERE coalesce(timestamp, processed_at) < make_timestamp($1::BIGINT)`,
    before,
  );
  const letters = await connection.run(`DELETE FROM ${storedTables.dead_letters} WHERE failed_at < make_timestamp($1::BIGINT)`, before);
  await connection.run('COMMIT');
  // Gives the space back to the file for new rows; with readers under way DuckDB refuses, and the next checkpoint does it.
  await connection.run('CHECKPOINT').catch(() => undefined);
  return { events: events.rowsChanged, deadLetters: letters.rowsChanged };
}

function ignoreError(action: () => void): void {
  try {
    action();
  } catch {
    // What it belongs to is being thrown away.
  }
}
