import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { formatEventId } from '@sluice/event';

import { createBlockEncoder } from './encode-block.ts';
import { createBufferPool } from './buffer-pool.ts';
import { decideGroup } from './stored-progress.ts';

import type { Block } from './column-block.ts';
import type { Lookup, Progress, TableName } from './stored-progress.ts';

interface Item {
  readonly id: string;
  readonly offset: number;
}

const encoder = createBlockEncoder<Item>(
  [
    { name: 'event_id', kind: 'distinct', get: ({ id }) => id },
    { name: 'log_offset', kind: 'bigint', get: ({ offset }) => offset },
  ],
  createBufferPool(),
);
const blocksOf = (items: readonly Item[]): Block[] => encoder.encode(items).blocks;

/** Tables as plain lists; a range is taken at its word, so a wrong one loses an item. */
function createTables() {
  const rows: Record<TableName, Item[]> = { events: [], dead_letters: [] };
  let lookups = 0;
  const find = ({ table, ids, range }: Lookup): Promise<ReadonlySet<string>> => {
    lookups += 1;
    const inRange = rows[table].filter(({ offset }) => range === null || (offset >= range.from && offset <= range.to));
    const wanted = new Set(ids);
    return Promise.resolve(new Set(inRange.map(({ id }) => id).filter((id) => wanted.has(id)))); // prettier-ignore
  };
  return { rows, find, lookupCount: () => lookups };
}

const fileItem = (file: number, offset: number, crc = 1): Item => ({ id: formatEventId(`00000000000000${file}f`, offset, crc), offset });

const anyItem: fc.Arbitrary<Item> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(2), fc.nat(12), fc.nat(1)).map(([file, offset, crc]) => fileItem(file, offset, crc)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(1), fc.nat(6), fc.nat(3)).map(([partition, offset, log]) => ({ id: `web-${partition}-${offset}`, offset: log })),
  },
  { weight: 1, arbitrary: fc.tuple(fc.nat(12), fc.nat(12)).map(([offset, log]) => ({ ...fileItem(0, offset), offset: log })) },
  { weight: 1, arbitrary: fc.constantFrom('x', '', '-', '1-1-', 'a-b-1', '000000000000000f-0', 'web--1').map((id) => ({ id, offset: 0 })) },
);
const anyGroup = fc.array(fc.record({ table: fc.constantFrom<TableName>('events', 'dead_letters'), items: fc.array(anyItem, { maxLength: 8 }) }), {
  maxLength: 4,
});

test('an item is new exactly when its id is not in its table yet, whatever came before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyGroup, fc.boolean()), { maxLength: 8 }), async (groups) => {
      const tables = createTables();
      const model: Record<TableName, Set<string>> = { events: new Set(), dead_letters: new Set() };
      const progress = new Map<string, Progress>();
      for (const [group, fails] of groups) {
        const parts = group.map(({ table, items }) => ({ table, blocks: blocksOf(items), idColumn: 0, offsetColumn: 1 }));
        const { verdicts, changes, newItems } = await decideGroup(parts, progress, tables.find);
        // A failed transaction stores nothing and moves no progress.
        if (fails) continue;
        let stored = 0;
        group.forEach(({ table, items }, batch) => {
          items.forEach((item, row) => {
            const isNew = verdicts[batch]?.[0]?.[row] === 1;
            assert.equal(isNew, !model[table].has(item.id), item.id);
            model[table].add(item.id);
            if (isNew) tables.rows[table].push(item);
            if (isNew) stored += 1;
          });
        });
        assert.equal(newItems, stored);
        for (const [key, value] of changes) progress.set(key, value);
      }
    }),
    { numRuns: 2000 },
  );
});

test('lines in order need no look-up, neither do dead letters among them', async () => {
  const tables = createTables();
  const progress = new Map<string, Progress>();
  for (let batch = 0; batch < 5; batch += 1) {
    const events = Array.from({ length: 10 }, (_, index) => fileItem(1, batch * 100 + index * 10));
    const letters = [fileItem(1, batch * 100 + 5), fileItem(1, batch * 100 + 15)];
    const parts = [
      { table: 'events' as const, blocks: blocksOf(events), idColumn: 0, offsetColumn: 1 },
      { table: 'dead_letters' as const, blocks: blocksOf(letters), idColumn: 0, offsetColumn: 1 },
    ];
    const { changes, newItems } = await decideGroup(parts, progress, tables.find);
    assert.equal(newItems, 12);
    for (const [key, value] of changes) progress.set(key, value);
  }
  assert.equal(tables.lookupCount(), 0);
});
