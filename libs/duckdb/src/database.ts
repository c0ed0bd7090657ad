/**
 * Opens the DuckDB file with the limits and the lock-down that hold for everybody, our own writer included.
 */
import { access, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DuckDBInstance } from '@duckdb/node-api';
import { SluiceError } from '@sluice/errors';

import { isLockConflict, toStoreError } from './database-error.ts';
import { exportFolder } from './export-folder.ts';
import { prepareSchema } from './schema.ts';
import { removeUnfinished } from './unfinished-file.ts';

import type { DuckDBConnection } from '@duckdb/node-api';
import type { OpenConfig } from './store-protocol.ts';

export interface Database {
  readonly path: string;
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/** The WAL is folded into the file at this size: 256 MB stalled writers for 1.2 s, 16 MB cost 60 % more CPU per event. */
const checkpointThreshold = '64MB';
/**
 * Rows of a row group. A transaction that fills one is written into the file at once, compressed; a smaller one goes to the log, into
 * the table and, compressed, into the file (`group-writer.ts`). DuckDB's own 122,880 would have to be held in memory until then.
 */
export const rowGroupRows = 30_720;
/** What our file is called within DuckDB, whatever its name. */
const catalog = 'sluice';
const spillLimit = '2GB';
const lockRetryMs = 100;

/**
 * Opens the file, made if need be, and checks that it is one of ours.
 *
 * Errors: STORE_LOCKED when another process has it for longer than `lockWaitMs`, STORE_CORRUPT, STORE_FULL, STORE_UNAVAILABLE.
 * Security: no file can be reached but the database itself and its export folder, no setting can be changed, no extension loaded.
 */
export async function openDatabase(config: OpenConfig): Promise<Database> {
  try {
    const instance = await openInstance(config);
    try {
      await lockDown(instance, config);
    } catch (error) {
      instance.closeSync();
      throw error;
    }
    return { path: config.path, connect: () => connectTo(instance), close: () => instance.closeSync() };
  } catch (error) {
    throw toStoreError(error, `Opening ${config.path}`);
  }
}

async function openInstance(config: OpenConfig): Promise<DuckDBInstance> {
  if (!config.readOnly) await mkdir(dirname(config.path), { recursive: true });
  else if (!(await exists(config.path)))
    throw new SluiceError('STORE_UNAVAILABLE', `${config.path} does not exist yet`, { hint: 'Read some logs first.' });
  const giveUpAtMs = performance.now() + config.lockWaitMs;
  let cleared = false;
  for (;;) {
    try {
      return await attach(config);
    } catch (error) {
      if (!isLockConflict(error)) {
        // Once: a disk that is full now would leave the same again.
        if (config.readOnly || cleared || !(await removeUnfinished(config.path))) throw error;
        cleared = true;
        continue;
      }
      if (performance.now() >= giveUpAtMs) {
        throw new SluiceError('STORE_LOCKED', `Another process has ${config.path} open`, { cause: error });
      }
    }
    await sleep(lockRetryMs);
  }
}

/** An instance without a file of its own, and ours attached: only so can the size of row groups be chosen. */
async function attach(config: OpenConfig): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${config.memoryLimitMb}MiB`,
    threads: String(config.threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    checkpoint_threshold: checkpointThreshold,
    // Merging small row groups again and again took a third of all CPU of DuckDB; groups whose rows are all gone are still dropped.
    max_vacuum_tasks: '0',
    write_buffer_row_group_count: '1',
    temp_directory: `${config.path}.tmp`,
    max_temp_directory_size: spillLimit,
    // An export on two threads needs more than 150 MB otherwise.
    preserve_insertion_order: 'false',
  });
  try {
    const connection = await instance.connect();
    // What newer compression needs: 1 % smaller files and a quarter less CPU than the default of 0.10.
    const options = config.readOnly ? 'READ_ONLY' : `STORAGE_VERSION 'v1.5.0', ROW_GROUP_SIZE ${rowGroupRows}`;
    await connection.run(`ATTACH '${config.path.replaceAll("'", "''")}' AS ${catalog} (${options})`);
    connection.closeSync();
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function connectTo(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(`USE ${catalog}`);
  return connection;
}

async function lockDown(instance: DuckDBInstance, config: OpenConfig): Promise<void> {
  // What a killed process was sorting; nobody else can be using it while we hold the lock.
  if (!config.readOnly) await rm(`${config.path}.tmp`, { recursive: true, force: true });
  const connection = await connectTo(instance);
  try {
    await prepareSchema(connection, config.path, config.readOnly);
    await connection.run(`SET allowed_directories = ['${exportFolder(config.path).replaceAll("'", "''")}']`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
