/** SIGKILL in the middle of writing: what was acknowledged is there, and writing all again stores nothing twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { formatEventId } from '@sluice/event';
import { buildDeadLetter, buildDocument, createRecordingLogger, spawnProcess, temporaryFolder } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';

import type { StoreBatch } from '@sluice/ports';
import type { DuckDbStore } from './duckdb-store.ts';

const batchSize = 500;
const key = '00000000000000aa';

const open = (path: string): Promise<DuckDbStore> =>
  createDuckDbStore({ path, memoryLimitMb: 100, threads: 1, queryTimeoutSeconds: 10 }, { logger: createRecordingLogger() });

/** Batch `number` of an endless log: the same each time. */
function batchAt(number: number): StoreBatch {
  const offsets = Array.from({ length: batchSize }, (_, index) => (number * batchSize + index) * 100);
  const documents = offsets.map((offset) =>
    buildDocument({ event_id: formatEventId(key, offset, offset), log_offset: offset, log_file: `a${number}` }),
  );
  const origin = { source: 's', log_file: 'a', log_offset: (offsets[0] ?? 0) + 50 };
  return { documents, deadLetters: [buildDeadLetter({ event_id: formatEventId(key, origin.log_offset, 1), origin })] };
}

async function writeForEver(path: string): Promise<void> {
  const store = await open(path);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const number = next;
      next += 1;
      await store.write(batchAt(number));
      process.stdout.write(`stored ${number}\n`);
    }
  };
  await Promise.all([lane(), lane(), lane()]);
}

const [mode, childPath] = process.argv.slice(2);
if (mode === 'child' && childPath !== undefined) {
  await writeForEver(childPath);
} else {
  for (const batches of [3, 60]) {
    test(`a kill after ${batches} acknowledged batches loses and repeats nothing`, { timeout: 60_000 }, async (t) => {
      const path = join(await temporaryFolder(t), 'killed.duckdb');
      const child = spawnProcess([import.meta.filename, 'child', path]);
      t.after(() => child.kill());
      await child.waitForLine(`stored ${batches}`, 30_000);
      const { stdout } = await child.kill();
      const acknowledged = [...stdout.matchAll(/stored (\d+)\n/g)].map((match) => Number(match[1]));
      assert.ok(acknowledged.length >= batches);

      const store = await open(path);
      t.after(() => store.close());
      for (const number of acknowledged) {
        const { events } = await store.summary({ equals: { log_file: `a${number}` } });
        assert.equal(events, batchSize, `batch ${number} was acknowledged`);
      }
      const last = Math.max(...acknowledged) + 5;
      for (let number = 0; number <= last; number += 1) {
        const { documents, deadLetters } = await store.write(batchAt(number));
        // Whole batches only: events, letters and progress went together or not at all.
        assert.equal(new Set([...documents, ...deadLetters].map(({ kind }) => kind)).size, 1);
      }
      const { events, deadLetters } = await store.summary({});
      assert.deepEqual({ events, deadLetters }, { events: (last + 1) * batchSize, deadLetters: last + 1 });
    });
  }
}
