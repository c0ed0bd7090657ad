/**
 * Items to column blocks, on the caller's thread: the only work per event that is done there.
 */
import { blockRows } from './column-block.ts';

import type { Block, BlockColumn, TableColumn } from './column-block.ts';

/** Bytes of the shared buffer that one value takes: a float, or an index. */
const numberBytes = 8;
const indexBytes = 2;
/** A column whose values differ this much is sent without a dictionary, which would only cost; it is looked at again later. */
const distinctShare = 0.5;
const blocksBetweenLooks = 64;

export interface EncodedItems {
  readonly blocks: Block[];
  /** To be transferred with the blocks. */
  readonly buffers: ArrayBuffer[];
}

export interface BlockEncoder<Item> {
  /**
   * Turns items into blocks of at most 2,048 rows; block after block, row i is item i.
   *
   * Cost: about 1.5 us per event with 25 known fields; one buffer per block.
   */
  encode(items: readonly Item[]): EncodedItems;
}

/** Creates the encoder of one table; it learns which columns repeat their values. */
export function createBlockEncoder<Item>(columns: readonly TableColumn<Item>[]): BlockEncoder<Item> {
  const encoders = columns.map(createColumnEncoder);
  const bytesPerRow = columns.reduce((sum, column) => sum + (isText(column) ? indexBytes : numberBytes), 0);

  const encodeBlock = (items: readonly Item[], start: number, rows: number): { block: Block; buffer: ArrayBuffer } => {
    // One buffer for all columns: each transferred buffer has a price of its own.
    const buffer = new ArrayBuffer(rows * bytesPerRow + encoders.length * numberBytes);
    let at = 0;
    const encoded: BlockColumn[] = [];
    for (const encoder of encoders) {
      const column = encoder(items, start, rows, buffer, at);
      if (column?.kind === 'numbers') at += rows * numberBytes;
      if (column?.kind === 'texts' && column.index !== null) at += Math.ceil((rows * indexBytes) / numberBytes) * numberBytes;
      encoded.push(column);
    }
    return { block: { rows, columns: encoded }, buffer };
  };
  return {
    encode: (items) => {
      const blocks: Block[] = [];
      const buffers: ArrayBuffer[] = [];
      for (let start = 0; start < items.length; start += blockRows) {
        const { block, buffer } = encodeBlock(items, start, Math.min(blockRows, items.length - start));
        blocks.push(block);
        buffers.push(buffer);
      }
      return { blocks, buffers };
    },
  };
}

const isText = ({ kind }: { readonly kind: string }): boolean => kind === 'text' || kind === 'time' || kind === 'distinct';

type ColumnEncoder<Item> = (items: readonly Item[], start: number, rows: number, buffer: ArrayBuffer, at: number) => BlockColumn;

function createColumnEncoder<Item>(column: TableColumn<Item>): ColumnEncoder<Item> {
  if (!isText(column)) return (items, start, rows, buffer, at) => encodeNumbers(items, start, new Float64Array(buffer, at, rows), column);
  if (column.kind === 'distinct') return (items, start, rows) => encodePlain(items, start, rows, column, true);
  const dictionary = new Map<unknown, number>();
  let plainBlocks = 0;
  return (items, start, rows, buffer, at) => {
    if (plainBlocks > 0) {
      plainBlocks -= 1;
      return encodePlain(items, start, rows, column, false);
    }
    const encoded = encodeByDictionary(items, start, new Uint16Array(buffer, at, rows), column, dictionary);
    if (column.kind === 'text' && dictionary.size > rows * distinctShare) plainBlocks = blocksBetweenLooks;
    dictionary.clear();
    return encoded;
  };
}

/** `wellFormed`: half a surrogate pair has no UTF-8 form, so an id with one is stored, and compared, with U+FFFD. */
function encodePlain<Item>(items: readonly Item[], start: number, rows: number, { get }: TableColumn<Item>, wellFormed: boolean): BlockColumn {
  const values = new Array<string | null>(rows);
  for (let row = 0; row < rows; row += 1) {
    const value = get(items[start + row] as Item);
    if (value === null || value === undefined) {
      values[row] = null;
    } else {
      const text = typeof value === 'string' ? value : String(value);
      values[row] = wellFormed && !text.isWellFormed() ? text.toWellFormed() : text;
    }
  }
  return { kind: 'texts', values, index: null };
}

function encodeByDictionary<Item>(
  items: readonly Item[],
  start: number,
  index: Uint16Array,
  { get }: TableColumn<Item>,
  dictionary: Map<unknown, number>,
): BlockColumn {
  const values: string[] = [];
  let previous: unknown = null;
  let previousIndex = 0;
  for (let row = 0; row < index.length; row += 1) {
    const value = get(items[start + row] as Item);
    // Neighbours often share a value (time, file, host), and mostly the very same string.
    if (value !== previous) {
      previous = value;
      previousIndex = value === null || value === undefined ? 0 : (dictionary.get(value) ?? add(value, dictionary, values));
    }
    index[row] = previousIndex;
  }
  return values.length === 0 ? null : { kind: 'texts', values, index };
}

function add(value: string | number, dictionary: Map<unknown, number>, values: string[]): number {
  // A record from outside may hold anything; a text column takes its text.
  values.push(typeof value === 'string' ? value : String(value));
  dictionary.set(value, values.length);
  return values.length;
}

function encodeNumbers<Item>(items: readonly Item[], start: number, values: Float64Array, { get }: TableColumn<Item>): BlockColumn {
  let known = false;
  for (let row = 0; row < values.length; row += 1) {
    const value = get(items[start + row] as Item);
    if (typeof value === 'number') {
      values[row] = value;
      known = true;
    } else {
      values[row] = Number.NaN;
    }
  }
  return known ? { kind: 'numbers', values } : null;
}
