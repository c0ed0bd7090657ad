import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';

import { createWriteLine } from './write-line.ts';
import { rowGroupRows } from './database.ts';

import type { GroupWriter } from './group-writer.ts';
import type { WriteRequest } from './store-protocol.ts';

const batch = (rows: number): WriteRequest => ({ kind: 'write', documents: [{ rows, columns: [], text: new Uint8Array() }], deadLetters: [] });

/** A writer that notes its transactions as row counts; `fails` makes its next step fail. */
function setUp(isNew = true) {
  const commits: number[] = [];
  let openRows = 0;
  let failure: Error | null = null;
  const step = (): void => {
    if (failure === null) return;
    const error = failure;
    failure = null;
    openRows = 0;
    throw error;
  };
  const writer: GroupWriter = {
    get openRows() {
      return openRows;
    },
    append: (group) =>
      Promise.try(() => {
        step();
        if (isNew) for (const { documents } of group) openRows += documents[0]?.rows ?? 0;
        return group.map(() => ({ documents: [], deadLetters: [] }));
      }),
    commit: () =>
      Promise.try(() => {
        step();
        if (openRows > 0) commits.push(openRows);
        openRows = 0;
      }),
    purge: () => Promise.reject(new Error('unused')),
    close: () => Promise.resolve(),
  };
  let rooms = 0;
  let last: Promise<void> = Promise.resolve();
  const line = createWriteLine(writer, { inOrder: (task) => (last = last.then(task)), makeRoom: () => Promise.resolve(rooms) });
  return { line, commits, fail: (error: Error) => (failure = error), setRooms: (count: number) => (rooms = count) };
}

test('batches that come together share a transaction; a pause ends it', async () => {
  const { line, commits } = setUp();
  await Promise.all([line.write(batch(10)), line.write(batch(20)), line.write(batch(30))]);
  assert.deepEqual(commits, [60]);
  await line.write(batch(5));
  assert.deepEqual(commits, [60, 5]);
});

test('a transaction with a row group in it is not waited with', async () => {
  const { line, commits } = setUp();
  const half = rowGroupRows / 2;
  await Promise.all([line.write(batch(half)), line.write(batch(half)), line.write(batch(half))]);
  assert.deepEqual(commits, [rowGroupRows, half]);
});

test('a batch with nothing new is answered without a commit', async () => {
  const { line, commits } = setUp(false);
  await line.write(batch(10));
  assert.deepEqual(commits, []);
});

test('a failure reaches every batch of the transaction, and the next one works', async () => {
  const { line, commits, fail } = setUp();
  fail(new SluiceError('STORE_FULL', 'full'));
  const results = await Promise.allSettled([line.write(batch(1)), line.write(batch(2))]);
  assert.deepEqual(results.map(({ status }) => status), ['rejected', 'rejected']); // prettier-ignore
  await line.write(batch(3));
  assert.deepEqual(commits, [3]);
});

test('a transaction that found no memory is made once more when others can give way', async () => {
  const { line, commits, fail, setRooms } = setUp();
  const outOfMemory = new SluiceError('STORE_UNAVAILABLE', 'no memory', { cause: new Error('Out of Memory Error: it is full') });
  fail(outOfMemory);
  await assert.rejects(line.write(batch(1)), { code: 'STORE_UNAVAILABLE' });
  setRooms(1);
  fail(outOfMemory);
  await line.write(batch(2));
  assert.deepEqual(commits, [2]);
});
