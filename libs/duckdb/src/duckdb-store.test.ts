/** The contract every store keeps, and the memory store of the tests held to it as well. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMemoryStore, createRecordingLogger, describeEventStoreContract } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';

describeEventStoreContract('DuckDB store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-duckdb-'));
  const config = { path: join(folder, 'new', 'sluice.duckdb'), memoryLimitMb: 150, threads: 2, queryTimeoutSeconds: 10 };
  const store = await createDuckDbStore(config, { logger: createRecordingLogger() });
  return {
    store,
    refresh: () => Promise.resolve(),
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

describeEventStoreContract('memory store', () =>
  Promise.resolve({ store: createMemoryStore(), refresh: () => Promise.resolve(), dispose: () => Promise.resolve() }),
);
