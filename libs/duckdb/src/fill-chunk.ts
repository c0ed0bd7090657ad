/**
 * Column blocks to DuckDB data chunks, in the store's thread.
 *
 * Texts: all bytes of a block are handed to DuckDB at once, as one value of a vector beside the chunk. The 16-byte handle of
 * that value (`duckdb_string_t` of the public C API) says where they lie, and the handles of all others are made from it.
 * Measured with 16 text and 8 number columns: a native call for each distinct text took three times as long, `setColumns` of the API twelve times.
 */
import { DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import binding from '@duckdb/node-bindings';

import { blockRows, nullText } from './column-block.ts';
import { parseMicros } from './parse-micros.ts';

import type { DuckDBType } from '@duckdb/node-api';
import type { Vector } from '@duckdb/node-bindings';
import type { Block, ColumnKind, NumberColumn, TextColumn } from './column-block.ts';

/** Words of 32 bits in a `duckdb_string_t`: length, then 12 bytes of a short text, or 4 bytes of a long one and its address. */
const handleWords = 4;
const longestInline = 12;
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
  const texts = createTextHeap();
  const scratch = createScratch();
  return {
    fill: (block, keep) => {
      const rows = keep === null ? block.rows : keep.length;
      binding.data_chunk_reset(chunk.chunk);
      chunk.rowCount = rows;
      const heap = texts.load(block.text);
      for (let at = 0; at < kinds.length; at += 1) {
        const vector = binding.data_chunk_get_vector(chunk.chunk, at);
        const column = block.columns[at] ?? null;
        if (column === null) {
          setValidity(vector, allNull, rows);
          continue;
        }
        scratch.validity.fill(0xffff_ffff);
        const hasNulls =
          column.kind === 'numbers'
            ? fillNumbers(vector, column, keep, rows, kinds[at] ?? 'double', scratch)
            : kinds[at] === 'time'
              ? fillTimes(vector, column, block.text, keep, rows, scratch)
              : fillTexts(vector, column, heap, keep, rows, scratch);
        if (hasNulls) setValidity(vector, scratch.validity, rows);
      }
      return chunk;
    },
  };
}

/** The texts of the block being filled, where DuckDB can read them. */
interface TextHeap {
  readonly bytes: Uint8Array;
  /** Their address, the two words of it. */
  readonly low: number;
  readonly high: number;
}

function createTextHeap(): { load(text: Uint8Array): TextHeap } {
  const chunk = DuckDBDataChunk.create([VARCHAR], 1);
  return {
    load: (text) => {
      // Gives up the texts of the block before.
      binding.data_chunk_reset(chunk.chunk);
      // Texts that all fit into their handles have no address, and need none.
      if (text.length <= longestInline) return { bytes: text, low: 0, high: 0 };
      const vector = binding.data_chunk_get_vector(chunk.chunk, 0);
      binding.vector_assign_string_element_len(vector, 0, text);
      const data = binding.vector_get_data(vector, handleWords * 4);
      const handle = new Uint32Array(data.buffer, data.byteOffset, handleWords);
      return { bytes: text, low: handle[2] ?? 0, high: handle[3] ?? 0 };
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
  /** Handles of distinct values. */
  readonly handles: Uint32Array;
  readonly handleBytes: Uint8Array;
  readonly micros: Float64Array;
}

function createScratch(): Scratch {
  const buffer = new ArrayBuffer(blockRows * handleWords * 4);
  const handles = new Uint32Array(blockRows * handleWords);
  return {
    buffer,
    words: new Uint32Array(buffer),
    bytes: new Uint8Array(buffer),
    doubles: new Float64Array(buffer),
    integers: new Int32Array(buffer),
    validity: new Uint32Array(blockRows / 32),
    handles,
    handleBytes: new Uint8Array(handles.buffer),
    micros: new Float64Array(blockRows),
  };
}

const allNull = new Uint32Array(blockRows / 32);

function setValidity(vector: Vector, validity: Uint32Array, rows: number): void {
  binding.vector_ensure_validity_writable(vector);
  // The mask is made of 64-bit words.
  const bytes = Math.ceil(rows / 64) * 8;
  binding.copy_data_to_vector_validity(vector, 0, validity.buffer as ArrayBuffer, 0, bytes);
}

function setNull(validity: Uint32Array, row: number): void {
  validity[row >> 5] = (validity[row >> 5] ?? 0) & ~(1 << (row & 31));
}

function fillTexts(vector: Vector, column: TextColumn, heap: TextHeap, keep: Uint16Array | null, rows: number, scratch: Scratch): boolean {
  const { index, lengths } = column;
  const { words, validity, handles } = scratch;
  writeHandles(column, heap, handles, scratch.handleBytes);
  let hasNulls = false;
  for (let row = 0; row < rows; row += 1) {
    const source = keep === null ? row : (keep[row] ?? 0);
    const value = index === null ? source : (index[source] ?? 0) - 1;
    if (value < 0 || lengths[value] === nullText) {
      setNull(validity, row);
      hasNulls = true;
      continue;
    }
    const from = value * handleWords;
    const to = row * handleWords;
    words[to] = handles[from] ?? 0;
    words[to + 1] = handles[from + 1] ?? 0;
    words[to + 2] = handles[from + 2] ?? 0;
    words[to + 3] = handles[from + 3] ?? 0;
  }
  binding.copy_data_to_vector(vector, 0, scratch.buffer, 0, rows * handleWords * 4);
  return hasNulls;
}

/** Makes the handle of each value. Bytes of a short one behind its end must be zero. */
function writeHandles({ start, lengths }: TextColumn, { bytes, low, high }: TextHeap, handles: Uint32Array, handleBytes: Uint8Array): void {
  let at = start;
  for (let value = 0; value < lengths.length; value += 1) {
    const length = lengths[value] ?? 0;
    if (length === nullText) continue;
    const to = value * handleWords;
    handles[to] = length;
    if (length <= longestInline) {
      handles[to + 1] = 0;
      handles[to + 2] = 0;
      handles[to + 3] = 0;
      for (let byte = 0; byte < length; byte += 1) handleBytes[to * 4 + 4 + byte] = bytes[at + byte] ?? 0;
    } else {
      handles[to + 1] = ((bytes[at + 3] ?? 0) << 24) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0);
      const address = low + at;
      handles[to + 2] = address;
      handles[to + 3] = address < twoTo32 ? high : high + 1;
    }
    at += length;
  }
}

function fillTimes(vector: Vector, column: TextColumn, text: Uint8Array, keep: Uint16Array | null, rows: number, scratch: Scratch): boolean {
  const { index, lengths } = column;
  const { micros } = scratch;
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  let at = column.start;
  for (let value = 0; value < lengths.length; value += 1) {
    const length = lengths[value] ?? 0;
    micros[value] = length === nullText ? Number.NaN : parseMicros(bytes.toString('latin1', at, at + length));
    if (length !== nullText) at += length;
  }
  let hasNulls = false;
  for (let row = 0; row < rows; row += 1) {
    const source = keep === null ? row : (keep[row] ?? 0);
    const value = micros[index === null ? source : (index[source] ?? 0) - 1] ?? Number.NaN;
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

function fillNumbers(vector: Vector, { values }: NumberColumn, keep: Uint16Array | null, rows: number, kind: ColumnKind, scratch: Scratch): boolean {
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
