/**
 * Values as DuckDB's binding gives them to plain ones that survive a thread boundary and JSON.
 */
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBListType,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
} from '@duckdb/node-api';

import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Row } from './store-protocol.ts';

const maxDateMs = 8.64e15;

/** The rows of a chunk, values made plain. */
export function readRows(chunk: DuckDBDataChunk, types: readonly DuckDBType[]): Row[] {
  const rows: Row[] = Array.from({ length: chunk.rowCount }, () => []);
  types.forEach((type, at) => {
    const vector = chunk.getColumnVector(at);
    rows.forEach((row, index) => row.push(readValue(vector.getItem(index), type)));
  });
  return rows;
}

/**
 * Integers and decimals as numbers (integers beyond 2^53 as bigint), times as ISO 8601 in UTC, lists as arrays, structs
 * and maps as objects, JSON parsed, bytes as base64; whatever else there is as DuckDB's text.
 */
export function readValue(value: DuckDBValue, type: DuckDBType): unknown {
  switch (typeof value) {
    case 'bigint':
      return readInteger(value);
    case 'string':
      return type.alias === 'JSON' ? readJson(value) : value;
    case 'object':
      return value === null ? null : readObject(value, type);
    default:
      return value;
  }
}

function readInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readObject(value: Exclude<DuckDBValue, null | string | number | bigint | boolean>, type: DuckDBType): unknown {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return formatMicros(value.micros, 0);
  if (value instanceof DuckDBTimestampSecondsValue) return formatMicros(value.seconds * 1_000_000n, 0);
  if (value instanceof DuckDBTimestampMillisecondsValue) return formatMicros(value.millis * 1000n, 0);
  if (value instanceof DuckDBTimestampNanosecondsValue) return formatMicros(value.nanos / 1000n, 0);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    const inner = type instanceof DuckDBListType ? type.valueType : type;
    return value.items.map((item) => readValue(item, inner));
  }
  // fromEntries defines keys as they are, `__proto__` too.
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, entry]) => [key, readValue(entry, type)]));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: entry }) => [String(readValue(key, type)), readValue(entry, type)]));
  }
  if (value instanceof DuckDBUnionValue) return readValue(value.value, type);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  return value.toString();
}

/** ISO 8601 in UTC with as many digits as the time has: none, three or six, `minDigits` at least. */
export function formatMicros(micros: bigint, minDigits: 0 | 3): string {
  const ms = Number(micros / 1000n) - (micros % 1000n < 0n ? 1 : 0);
  const rest = Number(((micros % 1000n) + 1000n) % 1000n);
  // Infinity and years DuckDB knows but Date does not.
  if (Math.abs(ms) > maxDateMs) return micros > 0n ? 'infinity' : '-infinity';
  const text = new Date(ms).toISOString();
  if (rest !== 0) return `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
  return minDigits === 0 && text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}
