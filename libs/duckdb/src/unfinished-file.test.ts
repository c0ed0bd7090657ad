import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { silentLogger } from '@sluice/ports';
import { temporaryFolder } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';
import { removeUnfinished } from './unfinished-file.ts';

import type { DuckDbStore } from './duckdb-store.ts';

const openStore = (path: string): Promise<DuckDbStore> =>
  createDuckDbStore({ path, memoryLimitMb: 64, threads: 1, queryTimeoutSeconds: 10, readOnly: false }, { logger: silentLogger });

test('a database whose creation was cut off at any page is created anew', async (t) => {
  const path = join(await temporaryFolder(t), 'sluice.duckdb');
  for (const bytes of [0, 4096, 8192]) {
    await (await openStore(path)).close();
    truncateSync(path, bytes);
    const store = await openStore(path);
    await store.check();
    await store.close();
    assert.ok(readFileSync(path).length > bytes);
  }
});

test('what may hold something is left alone: other files, whole databases, one with a WAL', async (t) => {
  const path = join(await temporaryFolder(t), 'sluice.duckdb');
  writeFileSync(path, 'notes of somebody');
  await assert.rejects(openStore(path), { code: 'STORE_CORRUPT' });
  assert.equal(readFileSync(path, 'utf8'), 'notes of somebody');

  writeFileSync(path, '');
  writeFileSync(`${path}.wal`, 'x');
  assert.equal(await removeUnfinished(path), false);
  assert.ok(existsSync(path));

  const whole = join(await temporaryFolder(t), 'whole.duckdb');
  await (await openStore(whole)).close();
  assert.equal(await removeUnfinished(whole), false);
  assert.equal(await removeUnfinished(`${whole}.none`), false);
});
