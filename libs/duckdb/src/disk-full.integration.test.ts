/** A disk that really is full: a small file system of its own, which only root may mount. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { buildDocument, createRecordingLogger } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';

import type { StoreBatch } from '@sluice/ports';

function mountSmallDisk(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let count = 0;
function nextBatch(): StoreBatch {
  // Texts that do not compress, so that the disk fills soon.
  const text = (): string => Array.from({ length: 12 }, () => Math.random().toString(36)).join('');
  const documents = Array.from({ length: 500 }, () => {
    count += 1;
    return buildDocument({ path: text(), user_agent: text(), source: `n${count}` });
  });
  return { documents, deadLetters: [] };
}

test('a full disk refuses batches, keeps what it acknowledged, and takes batches again once there is room', { timeout: 120_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-full-'));
  if (!mountSmallDisk(folder, 48)) {
    await rm(folder, { recursive: true });
    t.skip('SKIPPED: mounting a tmpfs is not permitted here');
    return;
  }
  const filler = join(folder, 'filler');
  writeFileSync(filler, Buffer.alloc(36 * 2 ** 20));
  const config = { path: join(folder, 'full.duckdb'), memoryLimitMb: 100, threads: 1, queryTimeoutSeconds: 10 };
  const deps = { logger: createRecordingLogger() };
  let store = await createDuckDbStore(config, deps);
  t.after(async () => {
    await store.close();
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  });

  let acknowledged = 0;
  let refused: StoreBatch | null = null;
  for (let round = 0; round < 200 && refused === null; round += 1) {
    const batch = nextBatch();
    try {
      acknowledged += (await store.write(batch)).documents.length;
    } catch (error) {
      assert.ok(isSluiceError(error, 'STORE_FULL'), String(error));
      refused = batch;
    }
  }
  assert.ok(refused !== null && acknowledged > 0, 'the disk filled up');
  // Still full: refused again and again, overlapping calls too, and reading goes on.
  const again = await Promise.allSettled([store.write(refused), store.write(nextBatch()), store.write(nextBatch())]);
  for (const result of again) assert.ok(result.status === 'fulfilled' || isSluiceError(result.reason), 'a failure of the store, nothing else');
  acknowledged += again.filter(({ status }) => status === 'fulfilled').length * 500;
  assert.equal((await store.summary({})).events, acknowledged);

  rmSync(filler);
  const healed = await store.write(refused);
  acknowledged += healed.documents.filter(({ kind }) => kind === 'stored').length;
  acknowledged += (await store.write(nextBatch())).documents.length;
  assert.equal((await store.summary({})).events, acknowledged);
  assert.deepEqual((await store.write(refused)).documents.map(({ kind }) => kind), refused.documents.map(() => 'duplicate')); // prettier-ignore

  await store.close();
  store = await createDuckDbStore(config, deps);
  assert.equal((await store.summary({})).events, acknowledged, 'after opening it again');
});
