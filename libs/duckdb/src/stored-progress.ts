/**
 * Which items of a group of batches are new, and which must be looked up by their id.
 *
 * For every file (or topic partition) the store keeps the offset behind the highest one it holds, in the same transaction
 * as the items. An item at or beyond it cannot be there; one below it may be, and only then the tables are asked. So
 * ordinary writing needs no look-up, and "duplicate" always means that the id is there.
 */
import { visitOrigins } from './read-places.ts';

import type { Block } from './column-block.ts';

export type TableName = 'events' | 'dead_letters';

export interface Progress {
  /** Offset behind the highest stored one. */
  readonly next: number;
  /** An item was stored whose `log_offset` is not that of its id, so offsets do not narrow down a look-up. */
  readonly irregular: boolean;
}

/** An item that is below the progress of its file, or whose id names no origin. */
interface Candidate {
  readonly batch: number;
  readonly block: number;
  readonly row: number;
  readonly id: string;
}

/** A set of ids to look up in a table; with a range of `log_offset` where that holds for all of them. */
export interface Lookup {
  readonly table: TableName;
  readonly ids: string[];
  readonly range: { from: number; to: number } | null;
}

/** One table's blocks of one batch, with its place among the table's columns. */
export interface TableBlocks {
  readonly table: TableName;
  readonly blocks: readonly Block[];
  readonly idColumn: number;
  readonly offsetColumn: number;
}

export interface GroupDecision {
  /** By batch, block and row: 1 new, 0 duplicate. */
  readonly verdicts: readonly (readonly Uint8Array[])[];
  /** Progress after the group, of the keys that changed. */
  readonly changes: ReadonlyMap<string, Progress>;
  readonly newItems: number;
}

interface KeyState {
  readonly stored: Progress;
  next: number;
  irregular: boolean;
  /** Offsets behind the highest item of this group, by table. */
  readonly runs: Record<TableName, number>;
}

/** Look-ups with a range are made file by file up to this number of files. */
const maxRanges = 16;

/**
 * Decides over a group of batches that will be stored in one transaction.
 *
 * Shape: `parts` are aligned with `verdicts`. Invariant: of several items with one id, in one table, the first is new at most.
 */
export async function decideGroup(
  parts: readonly TableBlocks[],
  stored: ReadonlyMap<string, Progress>,
  findExisting: (lookup: Lookup) => Promise<ReadonlySet<string>>,
): Promise<GroupDecision> {
  const states = new Map<string, KeyState>();
  const verdicts = parts.map(({ blocks }) => blocks.map(({ rows }) => new Uint8Array(rows)));
  const candidates: Record<TableName, Candidate[]> = { events: [], dead_letters: [] };
  const lookups = createLookups();
  let newItems = 0;

  let lastKey: string | null = null;
  let lastState: KeyState | null = null;
  const stateOf = (key: string): KeyState => {
    if (lastState === null || key !== lastKey) [lastKey, lastState] = [key, findState(states, stored, key)];
    return lastState;
  };

  parts.forEach((part, batch) => {
    part.blocks.forEach((block, at) => {
      const verdict = verdicts[batch]?.[at];
      visitOrigins(block, part.idColumn, part.offsetColumn, (row, { id, place, logOffset }) => {
        const state = place === null ? null : stateOf(place.key);
        const isRegular = place?.isFile === true && place.offset === logOffset;
        if (state !== null && place !== null && place.offset >= Math.max(state.stored.next, state.runs[part.table])) {
          state.runs[part.table] = place.offset + 1;
          state.next = Math.max(state.next, place.offset + 1);
          if (verdict !== undefined) verdict[row] = 1;
          newItems += 1;
        } else {
          const text = id();
          candidates[part.table].push({ batch, block: at, row, id: text });
          lookups.add(part.table, text, isRegular && state?.irregular === false ? place.key : null, logOffset);
        }
        if (state !== null && !isRegular) state.irregular = true;
      });
    });
  });

  for (const table of ['events', 'dead_letters'] as const) {
    if (candidates[table].length === 0) continue;
    const taken = acceptedIds(parts, verdicts, table);
    for (const lookup of lookups.of(table)) for (const id of await findExisting(lookup)) taken.add(id);
    for (const { batch, block, row, id } of candidates[table]) {
      if (taken.has(id)) continue;
      taken.add(id);
      const verdict = verdicts[batch]?.[block];
      if (verdict !== undefined) verdict[row] = 1;
      newItems += 1;
    }
  }
  return { verdicts, changes: changesOf(states), newItems };
}

function findState(states: Map<string, KeyState>, stored: ReadonlyMap<string, Progress>, key: string): KeyState {
  const known = states.get(key);
  if (known !== undefined) return known;
  const progress = stored.get(key) ?? { next: 0, irregular: false };
  const state = { stored: progress, next: progress.next, irregular: progress.irregular, runs: { events: 0, dead_letters: 0 } };
  states.set(key, state);
  return state;
}

function changesOf(states: ReadonlyMap<string, KeyState>): Map<string, Progress> {
  const changes = new Map<string, Progress>();
  for (const [key, { stored, next, irregular }] of states) {
    if (next !== stored.next || irregular !== stored.irregular) changes.set(key, { next, irregular });
  }
  return changes;
}

function acceptedIds(parts: readonly TableBlocks[], verdicts: GroupDecision['verdicts'], table: TableName): Set<string> {
  const ids = new Set<string>();
  parts.forEach((part, batch) => {
    if (part.table !== table) return;
    part.blocks.forEach((block, at) => {
      visitOrigins(block, part.idColumn, part.offsetColumn, (row, { id }) => {
        if (verdicts[batch]?.[at]?.[row] === 1) ids.add(id());
      });
    });
  });
  return ids;
}

interface Lookups {
  /** `key` is null when no range holds for the id. */
  add(table: TableName, id: string, key: string | null, logOffset: number): void;
  of(table: TableName): Lookup[];
}

function createLookups(): Lookups {
  const byKey = new Map<string, { table: TableName; ids: string[]; range: { from: number; to: number } | null }>();
  return {
    add: (table, id, key, logOffset) => {
      const name = `${table} ${key ?? ''}`;
      const lookup = byKey.get(name);
      if (lookup === undefined) {
        byKey.set(name, { table, ids: [id], range: key === null ? null : { from: logOffset, to: logOffset } });
        return;
      }
      lookup.ids.push(id);
      if (lookup.range === null) return;
      lookup.range.from = Math.min(lookup.range.from, logOffset);
      lookup.range.to = Math.max(lookup.range.to, logOffset);
    },
    of: (table) => {
      const own = [...byKey.values()].filter((lookup) => lookup.table === table);
      const ranged = own.filter((lookup) => lookup.range !== null);
      // Very many files at once: one scan of everything is cheaper than one each.
      if (ranged.length <= maxRanges) return own;
      return [{ table, ids: own.flatMap((lookup) => lookup.ids), range: null }];
    },
  };
}
