/**
 * The form in which rows travel to the store's thread: columns in shared memory, not objects, because objects cost more to
 * hand over than the whole write does. A block is one data chunk at most.
 */

/** Rows of a DuckDB data chunk (its standard vector size). */
export const blockRows = 2048;

export interface NumberColumn {
  readonly kind: 'numbers';
  /** One per row; NaN is null. */
  readonly values: Float64Array;
}

export interface TextColumn {
  readonly kind: 'texts';
  /** Where the first value begins in the block's text; each other one begins where the one before it ends. */
  readonly start: number;
  /** Bytes of each value; `nullText` for null. */
  readonly lengths: Uint32Array;
  /** One per row: 1 + index into the distinct values, 0 is null. Left out when row i holds value i. */
  readonly index: Uint16Array | null;
}

/** Stands for the length of a value that is null; only in a column without an index. */
export const nullText = 0xffff_ffff;

/** Null: every row is null. */
export type BlockColumn = NumberColumn | TextColumn | null;

export interface Block {
  readonly rows: number;
  /** Aligned with the table's columns. */
  readonly columns: readonly BlockColumn[];
  /** The UTF-8 of all texts of all columns. */
  readonly text: Uint8Array;
}

/** How a column's values travel and are written. */
export type ColumnKind = 'text' | 'distinct' | 'time' | 'integer' | 'bigint' | 'double' | 'boolean';

export interface TableColumn<Item> {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The value of one item; booleans as 0 and 1. Null or undefined: not known. */
  readonly get: (item: Item) => string | number | null | undefined;
}
