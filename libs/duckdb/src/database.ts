/**
 * Opens the DuckDB file with the limits and the lock-down that hold for everybody, our own writer included.
 */
import { access, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DuckDBInstance } from '@duckdb/node-api';
import { SluiceError } from '@sluice/errors';

import { isLockConflict, toStoreError } from './database-error.ts';
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
    return { path: config.path, connect: () => instance.connect(), close: () => instance.closeSync() };
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
      return await DuckDBInstance.create(config.path, {
        access_mode: config.readOnly ? 'READ_ONLY' : 'READ_WRITE',
        memory_limit: `${config.memoryLimitMb}MiB`,
        threads: String(config.threads),
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        // What newer compression needs: 1 % smaller files and a quarter less CPU than the default of 0.10.
        storage_compatibility_version: 'v1.5.0',
        checkpoint_threshold: checkpointThreshold,
        max_temp_directory_size: spillLimit,
        // An export on two threads needs more than 150 MB otherwise.
        preserve_insertion_order: 'false',
      });
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

async function lockDown(instance: DuckDBInstance, config: OpenConfig): Promise<void> {
  // What a killed process was sorting; nobody else can be using it while we hold the lock.
  if (!config.readOnly) await rm(`${config.path}.tmp`, { recursive: true, force: true });
  const connection = await instance.connect();
  try {
    await prepareSchema(connection, config.path, config.readOnly);
    await connection.run(`SET allowed_directories = ['${exportFolder(config.path).replaceAll("'", "''")}']`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

/** The one folder DuckDB may write to besides its own files; it exists only during an export. */
export function exportFolder(path: string): string {
  return `${path}.export`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
