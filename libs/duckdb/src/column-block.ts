/**
 * The form in which rows travel to the store's thread: columns, not objects, because objects cost more to hand over
 * than the whole write does. Numbers lie in one transferred buffer; texts are a list of distinct values and, per row, the
 * index of one. A block is one data chunk at most.
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
  /** Distinct values in the order of their first appearance; without an index the value of each row. */
  readonly values: readonly (string | null)[];
  /** One per row: 1 + index into `values`, 0 is null. Left out when row i holds `values[i]`. */
  readonly index: Uint16Array | null;
}

/** Null: every row is null. */
export type BlockColumn = NumberColumn | TextColumn | null;

export interface Block {
  readonly rows: number;
  /** Aligned with the table's columns. */
  readonly columns: readonly BlockColumn[];
}

/** How a column's values travel and are written. */
export type ColumnKind = 'text' | 'distinct' | 'time' | 'integer' | 'bigint' | 'double' | 'boolean';

export interface TableColumn<Item> {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The value of one item; booleans as 0 and 1. Null or undefined: not known. */
  readonly get: (item: Item) => string | number | null | undefined;
}
