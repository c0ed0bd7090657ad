/**
 * Column blocks to DuckDB data chunks, in the store's thread.
 *
 * Texts: each distinct one is handed to DuckDB once; its 16-byte handle (`duckdb_string_t` of the public C API) is then
 * copied to every row that holds it. Measured with 16 text and 8 number columns: 0.6 us per row against 2.4 us for the
 * `setColumns` of the API, a quarter of all the CPU a stored event costs.
 */
import { DuckDBDataChunk } from '@duckdb/node-api';
import binding from '@duckdb/node-bindings';

import { blockRows } from './column-block.ts';

import type { DuckDBType } from '@duckdb/node-api';
import type { Vector } from '@duckdb/node-bindings';
import type { Block, ColumnKind, TextColumn } from './column-block.ts';

/** Words of 32 bits in a `duckdb_string_t`. */
const handleWords = 4;
const twoTo32 = 4_294_967_296;
const twoTo63 = 9_223_372_036_854_775_808;
const int32Max = 2_147_483_647;

export interface ChunkFiller {
  /**
   * Returns a chunk with the block's rows, or those of `keep` only (ascending row numbers).
   *
   * Invariant: the chunk is valid until the next call.
   */
  fill(block: Block, keep: Uint16Array | null): DuckDBDataChunk;
}

/** Creates the filler of one table; `types` are its appender's column types, `kinds` what the values are. */
export function createChunkFiller(types: readonly DuckDBType[], kinds: readonly ColumnKind[]): ChunkFiller {
  const chunk = DuckDBDataChunk.create(types, 0);
  const scratch = createScratch();
  return {
    fill: (block, keep) => {
      const rows = keep === null ? block.rows : keep.length;
      binding.data_chunk_reset(chunk.chunk);
      chunk.rowCount = rows;
      for (let at = 0; at < kinds.length; at += 1) {
        const vector = binding.data_chunk_get_vector(chunk.chunk, at);
        const column = block.columns[at] ?? null;
        scratch.validity.fill(0xffff_ffff);
        let hasNulls = true;
        if (column === null) scratch.validity.fill(0);
        else if (column.kind === 'numbers') hasNulls = fillNumbers(vector, column.values, keep, rows, kinds[at] ?? 'double', scratch);
        else if (column.index === null) hasNulls = fillPlain(vector, column.values, keep, rows, scratch.validity);
        else if (kinds[at] === 'time') hasNulls = fillTimes(vector, column, keep, rows, scratch);
        else hasNulls = fillTexts(vector, column, column.index, keep, rows, scratch);
        if (hasNulls) setValidity(vector, scratch.validity, rows);
      }
      return chunk;
    },
  };
}

interface Scratch {
  readonly buffer: ArrayBuffer;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly integers: Int32Array;
  readonly validity: Uint32Array;
}

function createScratch(): Scratch {
  const buffer = new ArrayBuffer(blockRows * handleWords * 4);
  return {
    buffer,
    words: new Uint32Array(buffer),
    bytes: new Uint8Array(buffer),
    doubles: new Float64Array(buffer),
    integers: new Int32Array(buffer),
    validity: new Uint32Array(blockRows / 32),
  };
}

function setValidity(vector: Vector, validity: Uint32Array, rows: number): void {
  binding.vector_ensure_validity_writable(vector);
  // The mask is made of 64-bit words.
  const bytes = Math.ceil(rows / 64) * 8;
  binding.copy_data_to_vector_validity(vector, 0, validity.buffer as ArrayBuffer, 0, bytes);
}

function setNull(validity: Uint32Array, row: number): void {
  validity[row >> 5] = (validity[row >> 5] ?? 0) & ~(1 << (row & 31));
}

function fillPlain(vector: Vector, values: TextColumn['values'], keep: Uint16Array | null, rows: number, validity: Uint32Array): boolean {
  let hasNulls = false;
  for (let row = 0; row < rows; row += 1) {
    const value = values[keep === null ? row : (keep[row] ?? 0)] ?? null;
    if (value === null) {
      setNull(validity, row);
      hasNulls = true;
    } else {
      binding.vector_assign_string_element(vector, row, value);
    }
  }
  return hasNulls;
}

function fillTexts(vector: Vector, column: TextColumn, index: Uint16Array, keep: Uint16Array | null, rows: number, scratch: Scratch): boolean {
  const { values } = column;
  for (let at = 0; at < values.length; at += 1) binding.vector_assign_string_element(vector, at, values[at] ?? '');
  const data = binding.vector_get_data(vector, values.length * handleWords * 4);
  const handles = new Uint32Array(data.buffer, data.byteOffset, values.length * handleWords);
  const { words, validity } = scratch;
  let hasNulls = false;
  for (let row = 0; row < rows; row += 1) {
    const at = index[keep === null ? row : (keep[row] ?? 0)] ?? 0;
    if (at === 0) {
      setNull(validity, row);
      hasNulls = true;
      continue;
    }
    const from = (at - 1) * handleWords;
    const to = row * handleWords;
    words[to] = handles[from] ?? 0;
    words[to + 1] = handles[from + 1] ?? 0;
    words[to + 2] = handles[from + 2] ?? 0;
    words[to + 3] = handles[from + 3] ?? 0;
  }
  binding.copy_data_to_vector(vector, 0, scratch.buffer, 0, rows * handleWords * 4);
  return hasNulls;
}

function fillTimes(vector: Vector, column: TextColumn, keep: Uint16Array | null, rows: number, scratch: Scratch): boolean {
  const micros = Float64Array.from(column.values, (text) => parseMicros(text ?? ''));
  const { index } = column;
  let hasNulls = false;
  for (let row = 0; row < rows; row += 1) {
    const at = index?.[keep === null ? row : (keep[row] ?? 0)] ?? 0;
    const value = at === 0 ? Number.NaN : (micros[at - 1] ?? Number.NaN);
    if (Number.isNaN(value)) {
      setNull(scratch.validity, row);
      hasNulls = true;
    } else {
      writeInt64(scratch.words, row, value);
    }
  }
  binding.copy_data_to_vector(vector, 0, scratch.buffer, 0, rows * 8);
  return hasNulls;
}

/** Microseconds since the epoch of an ISO time in UTC, exact to the year 2255; NaN for anything else. Finer digits are cut. */
export function parseMicros(text: string): number {
  const ms = Date.parse(text);
  const dot = text.indexOf('.');
  if (dot === -1 || Number.isNaN(ms)) return ms * 1000;
  // Date keeps three digits; the next three are added by hand.
  let micros = 0;
  for (let at = dot + 4; at < dot + 7; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return ms * 1000 + micros * 10 ** (dot + 7 - at);
    micros = micros * 10 + digit;
  }
  return ms * 1000 + micros;
}

function fillNumbers(vector: Vector, values: Float64Array, keep: Uint16Array | null, rows: number, kind: ColumnKind, scratch: Scratch): boolean {
  let hasNulls = false;
  for (let row = 0; row < rows; row += 1) {
    const value = values[keep === null ? row : (keep[row] ?? 0)] ?? Number.NaN;
    if (Number.isNaN(value)) {
      setNull(scratch.validity, row);
      hasNulls = true;
    } else if (kind === 'bigint') {
      writeInt64(scratch.words, row, value);
    } else if (kind === 'integer') {
      scratch.integers[row] = Math.max(-int32Max, Math.min(int32Max, value));
    } else if (kind === 'boolean') {
      scratch.bytes[row] = value;
    } else {
      scratch.doubles[row] = value;
    }
  }
  const bytesEach = { bigint: 8, double: 8, integer: 4, boolean: 1, text: 0, distinct: 0, time: 0 }[kind];
  binding.copy_data_to_vector(vector, 0, scratch.buffer, 0, rows * bytesEach);
  return hasNulls;
}

/** Little-endian, as DuckDB keeps it on every platform it is built for; beyond the range it is the nearest end of it. */
function writeInt64(words: Uint32Array, row: number, value: number): void {
  const whole = Math.trunc(value);
  if (whole >= twoTo63 || whole < -twoTo63) {
    words[row * 2] = whole < 0 ? 0 : 0xffff_ffff;
    words[row * 2 + 1] = whole < 0 ? 0x8000_0000 : 0x7fff_ffff;
    return;
  }
  const high = Math.floor(whole / twoTo32);
  words[row * 2] = whole - high * twoTo32;
  words[row * 2 + 1] = high;
}
