/**
 * The database file: settings, tables, views, version.
 *
 * What users query are the views `events` and `dead_letters`. No unique index:
 * repeats are found by progress (`stored-progress.ts`).
 */
import { SluiceError } from '@sluice/errors';

import { deadLetterColumns, eventColumns } from './table-columns.ts';

import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnKind, TableColumn } from './column-block.ts';

/**
 * The tables behind the views. Names without a schema, always: DuckDB names the catalog after the file, and a file called
 * like a schema would make `schema.table` ambiguous.
 */
export const storedTables = {
  events: 'stored_events',
  dead_letters: 'stored_dead_letters',
  progress: 'stored_progress',
  meta: 'stored_meta',
} as const;
/** Raised when the tables change; a file of a higher version is refused. */
export const schemaVersion = 1;

const sqlTypes: Record<ColumnKind, string> = {
  text: 'VARCHAR',
  distinct: 'VARCHAR',
  time: 'TIMESTAMP',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
};

const declare = (columns: readonly TableColumn<never>[]): string => columns.map(({ name, kind }) => `"${name}" ${sqlTypes[kind]}`).join(', ');

/** What a user sees of a stored column; JSON is a type that costs nothing to show. */
function shown(name: string): string[] {
  if (name === 'threats') {
    const list = (key: string): string => `list_distinct(json_extract_string(threats, '$[*].${key}'))`;
    return ['threats::JSON AS threats', `${list('class')} AS threat_classes`, `${list('rule')} AS threat_rules`];
  }
  return name === 'extra' ? ['extra::JSON AS extra'] : [`"${name}"`];
}

const definitions = [
  `CREATE TABLE ${storedTables.meta} (schema_version INTEGER NOT NULL)`,
  `CREATE TABLE ${storedTables.progress} (file_key VARCHAR, next_offset BIGINT, irregular BOOLEAN)`,
  `CREATE TABLE ${storedTables.events} (${declare(eventColumns)})`,
  `CREATE TABLE ${storedTables.dead_letters} (${declare(deadLetterColumns)})`,
  `CREATE VIEW events AS SELECT ${eventColumns.flatMap(({ name }) => shown(name)).join(', ')} FROM ${storedTables.events}`,
  `CREATE VIEW dead_letters AS SELECT ${deadLetterColumns.map(({ name }) => `"${name}"`).join(', ')} FROM ${storedTables.dead_letters}`,
  `INSERT INTO ${storedTables.meta} VALUES (${schemaVersion})`,
];

/**
 * Makes the tables of a new file, or checks those of an old one.
 *
 * Errors: STORE_CORRUPT for a database of something else or of a later version.
 */
export async function prepareSchema(connection: DuckDBConnection, path: string, readOnly: boolean): Promise<void> {
  const tables = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables() WHERE NOT internal');
  const names = tables.getRows().map(([name]) => String(name));
  if (names.includes(storedTables.meta)) {
    await checkVersion(connection, path);
    return;
  }
  if (names.length > 0 || readOnly) {
    throw new SluiceError('STORE_CORRUPT', `${path} is a DuckDB database, but not one of Sluice`, { hint: 'Give another file in state.database.' });
  }
  await connection.run('BEGIN');
  for (const definition of definitions) await connection.run(definition);
  await connection.run('COMMIT');
}

async function checkVersion(connection: DuckDBConnection, path: string): Promise<void> {
  const rows = await connection.runAndReadAll(`SELECT max(schema_version) FROM ${storedTables.meta}`);
  const found = Number(rows.getRows()[0]?.[0] ?? 0);
  if (found === schemaVersion) return;
  throw new SluiceError('STORE_CORRUPT', `${path} has schema version ${found}; this Sluice knows version ${schemaVersion}`, {
    hint: found > schemaVersion ? 'It was written by a newer Sluice: use that, or another file.' : 'Move the file away and read the logs again.',
    data: { found, known: schemaVersion },
  });
}
