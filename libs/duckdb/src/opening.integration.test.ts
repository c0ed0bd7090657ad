/** Files that are in use, of something else, damaged, newer, renamed. */
import assert from 'node:assert/strict';
import { mkdir, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { DuckDBInstance } from '@duckdb/node-api';

import { isSluiceError } from '@sluice/errors';
import { buildDocument, createRecordingLogger, spawnProcess, temporaryFolder } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';
import { storedTables } from './schema.ts';

import type { ErrorCode } from '@sluice/errors';
import type { DuckDbStore, DuckDbStoreConfig } from './duckdb-store.ts';

const open = (path: string, more: Partial<DuckDbStoreConfig> = {}): Promise<DuckDbStore> =>
  createDuckDbStore({ path, memoryLimitMb: 100, threads: 1, queryTimeoutSeconds: 10, ...more }, { logger: createRecordingLogger() });

const rejectsWith = (code: ErrorCode, text: RegExp) => (error: unknown) => isSluiceError(error, code) && text.test(error.message);

async function changeOutside(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

const [mode, childPath] = process.argv.slice(2);
if (mode === 'child' && childPath !== undefined) {
  const store = await open(childPath);
  process.stdout.write('holding\n');
  process.stdin.once('data', () => void store.close());
} else {
  test('another process that has the file: refused after a wait, taken when it lets go', { timeout: 30_000 }, async (t) => {
    const path = join(await temporaryFolder(t), 'shared.duckdb');
    const child = spawnProcess([import.meta.filename, 'child', path]);
    t.after(() => child.kill());
    await child.waitForLine('holding');
    await assert.rejects(open(path, { lockWaitMs: 0 }), rejectsWith('STORE_LOCKED', /Another process/));
    await assert.rejects(open(path, { lockWaitMs: 0, readOnly: true }), rejectsWith('STORE_LOCKED', /Another process/));
    const waiting = open(path, { lockWaitMs: 20_000 });
    child.stdin.write('go\n');
    await (await waiting).close();
  });

  test('readers side by side; a reader makes no file and writes nothing', async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, 'read.duckdb');
    await assert.rejects(open(path, { readOnly: true }), rejectsWith('STORE_UNAVAILABLE', /does not exist/));
    const writer = await open(path);
    await writer.write({ documents: [buildDocument()], deadLetters: [] });
    await writer.close();
    const reader = await open(path, { readOnly: true });
    t.after(() => reader.close());
    assert.equal((await reader.summary({})).events, 1);
    await assert.rejects(reader.write({ documents: [buildDocument()], deadLetters: [] }), (error) => isSluiceError(error));
    assert.equal((await reader.summary({})).events, 1);
  });

  test('a file of a later version, of another program, or of no database at all is left alone', async (t) => {
    const folder = await temporaryFolder(t);
    const later = join(folder, 'later.duckdb');
    await (await open(later)).close();
    await changeOutside(later, `UPDATE ${storedTables.meta} SET schema_version = 99`);
    await assert.rejects(open(later), rejectsWith('STORE_CORRUPT', /version 99/));
    const foreign = join(folder, 'foreign.duckdb');
    await changeOutside(foreign, 'CREATE TABLE events (a INTEGER)');
    await assert.rejects(open(foreign), rejectsWith('STORE_CORRUPT', /not one of Sluice/));
    const text = join(folder, 'text.duckdb');
    await writeFile(text, 'this is an access log\n'.repeat(1000));
    await assert.rejects(open(text), rejectsWith('STORE_CORRUPT', /text\.duckdb/));
    assert.equal((await stat(text)).size, 22_000);
  });

  test('a damaged file is told from a missing one', async (t) => {
    const path = join(await temporaryFolder(t), 'cut.duckdb');
    const store = await open(path);
    const documents = Array.from({ length: 5000 }, (_, index) => buildDocument({ path: `/${index}/${Math.random()}` }));
    await store.write({ documents, deadLetters: [] });
    await store.close();
    await truncate(path, 20_000);
    await assert.rejects(open(path), rejectsWith('STORE_CORRUPT', /cut\.duckdb/));
  });

  for (const name of ['main.duckdb', 'events.duckdb', 'stored_events.duckdb', "it's ö.db", 'system.duckdb2']) {
    test(`a file called ${name} works, and works under another name`, async (t) => {
      const folder = await temporaryFolder(t);
      await mkdir(join(folder, 'out'));
      const store = await open(join(folder, name));
      await store.write({ documents: [buildDocument()], deadLetters: [] });
      for await (const rows of store.querySql('SELECT count(*) AS n FROM events')) assert.deepEqual(rows, [{ n: 1 }]);
      assert.deepEqual(await store.exportParquet(join(folder, 'out', 'events.parquet')), { events: 1 });
      await store.close();
      await rename(join(folder, name), join(folder, 'renamed.duckdb'));
      const renamed = await open(join(folder, 'renamed.duckdb'));
      t.after(() => renamed.close());
      for await (const rows of renamed.querySql('SELECT count(*) AS n FROM events')) assert.deepEqual(rows, [{ n: 1 }]);
    });
  }

  test('an export can be read by others, replaces the old one, and leaves nothing beside the database', async (t) => {
    const folder = await temporaryFolder(t);
    const store = await open(join(folder, 'a.duckdb'));
    t.after(() => store.close());
    const target = join(folder, "it's.parquet");
    await store.write({ documents: [buildDocument({ path: '/exported' }), buildDocument()], deadLetters: [] });
    assert.deepEqual(await store.exportParquet(target), { events: 2 });
    await store.write({ documents: [buildDocument()], deadLetters: [] });
    const both = await Promise.all([store.exportParquet(target), store.exportParquet(join(folder, 'b.parquet'))]);
    assert.deepEqual(both, [{ events: 3 }, { events: 3 }]);
    const reader = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await reader.runAndReadAll('SELECT count(*)::INTEGER, min(path) FROM read_parquet($1)', [target]);
    assert.deepEqual(rows.getRows(), [[3, '/exported']]);
    await assert.rejects(stat(join(folder, 'a.duckdb.export')), { code: 'ENOENT' });
    await assert.rejects(store.exportParquet(join(folder, 'nowhere', 'x.parquet')), (error) => isSluiceError(error, 'STORE_UNAVAILABLE'));
  });
}
