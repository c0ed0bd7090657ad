/**
 * The reports' questions as SQL over the stored tables, values bound as parameters.
 */
import { storedTables } from './schema.ts';
import { parseMicros } from './parse-micros.ts';
import { eventColumns } from './table-columns.ts';

import type { EventFilter, FilterField, GroupField } from '@sluice/ports';
import type { SqlParameter } from './store-protocol.ts';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

const events = storedTables.events;
const letters = storedTables.dead_letters;

/** Values of each threat of an event, each value once. */
const threatLists: Partial<Record<FilterField, string>> = {
  threat_class: `list_distinct(json_extract_string(threats, '$[*].class'))`,
  threat_rule: `list_distinct(json_extract_string(threats, '$[*].rule'))`,
};
const numberFields: ReadonlySet<FilterField> = new Set<FilterField>(['status', 'geo_asn']);
const booleanFields: ReadonlySet<FilterField> = new Set<FilterField>(['is_bot', 'security_threat']);

const expressionOf = (field: FilterField): string => (field === 'status_class' ? `(status // 100) || 'xx'` : `"${field}"`);

interface Condition {
  readonly where: string;
  readonly parameters: SqlParameter[];
}

/** A field that no event can equal (text for a number) makes the condition false, never an error. */
function buildCondition(filter: EventFilter, also = 'true'): Condition {
  const parts = [also];
  const parameters: SqlParameter[] = [];
  const bind = (value: SqlParameter): string => `$${parameters.push(value)}`;
  if (filter.from !== undefined) parts.push(`timestamp >= make_timestamp(${bind(parseMicros(filter.from))}::BIGINT)`);
  if (filter.to !== undefined) parts.push(`timestamp < make_timestamp(${bind(parseMicros(filter.to))}::BIGINT)`);
  for (const [name, value] of Object.entries(filter.equals ?? {})) parts.push(equalCondition(name as FilterField, value, bind));
  return { where: parts.join(' AND '), parameters };
}

function equalCondition(field: FilterField, value: SqlParameter, bind: (value: SqlParameter) => string): string {
  const list = threatLists[field];
  if (list !== undefined) return `(threats IS NOT NULL AND list_contains(${list}, ${bind(String(value))}::VARCHAR))`;
  if (numberFields.has(field)) {
    const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
    return Number.isFinite(number) ? `${expressionOf(field)} = ${bind(number)}::DOUBLE` : 'false';
  }
  if (booleanFields.has(field)) {
    const text = String(value);
    return text === 'true' || text === 'false' ? `${expressionOf(field)} = ${bind(text === 'true')}` : 'false';
  }
  return `${expressionOf(field)} = ${bind(String(value))}::VARCHAR`;
}

/** One row: counts, first and last time, bytes, addresses, bots, threats, then count, mean, p50, p95, p99, max of response times. */
export function summaryQuery(filter: EventFilter): Query {
  const { where, parameters } = buildCondition(filter);
  const quantile = (share: number): string => `approx_quantile(response_time_ms, ${share})`;
  const sql = `SELECT count(*), (SELECT count(*) FROM ${letters}), min(timestamp), max(timestamp), coalesce(sum(bytes_sent), 0),
    count(DISTINCT ip_address), count(*) FILTER (WHERE is_bot), count(*) FILTER (WHERE security_threat),
    count(response_time_ms), avg(response_time_ms), ${quantile(0.5)}, ${quantile(0.95)}, ${quantile(0.99)}, max(response_time_ms)
    FROM ${events} WHERE ${where}`;
  return { sql, parameters };
}

/** Rows of value, events, bytes. */
export function topQuery(field: GroupField, limit: number, filter: EventFilter): Query {
  const list = threatLists[field];
  const { where, parameters } = buildCondition(filter, list === undefined ? `${expressionOf(field)} IS NOT NULL` : 'threats IS NOT NULL');
  const value = list === undefined ? expressionOf(field) : `unnest(${list})`;
  const sql = `SELECT value, count(*) AS events, coalesce(sum(bytes_sent), 0) FROM (SELECT ${value} AS value, bytes_sent FROM ${events} WHERE ${where})
    GROUP BY value ORDER BY events DESC, value LIMIT ${toLimit(limit)}`;
  return { sql, parameters };
}

/** Rows of start, events, threats, bots, server errors. */
export function histogramQuery(bucketSeconds: number, filter: EventFilter): Query {
  const { where, parameters } = buildCondition(filter, 'timestamp IS NOT NULL');
  const micros = Math.max(1, Math.round(bucketSeconds * 1_000_000));
  // Rounds down before 1970 too.
  const start = `make_timestamp((floor(epoch_us(timestamp) / ${micros}) * ${micros})::BIGINT)`;
  const sql = `SELECT ${start} AS start, count(*), count(*) FILTER (WHERE security_threat), count(*) FILTER (WHERE is_bot),
    count(*) FILTER (WHERE status >= 500) FROM ${events} WHERE ${where} GROUP BY start ORDER BY start`;
  return { sql, parameters };
}

/** Rows in column order of the events table. */
export function eventsQuery(limit: number, filter: EventFilter): Query {
  const { where, parameters } = buildCondition(filter);
  const columns = eventColumns.map(({ name }) => `"${name}"`).join(', ');
  return {
    sql: `SELECT ${columns} FROM ${events} WHERE ${where} ORDER BY timestamp DESC NULLS LAST, rowid DESC LIMIT ${toLimit(limit)}`,
    parameters,
  };
}

/** Rows in column order of the dead letters table. */
export function deadLettersQuery(limit: number, reason: string | undefined): Query {
  const where = reason === undefined ? 'true' : 'reason = $1';
  return {
    sql: `SELECT * FROM ${letters} WHERE ${where} ORDER BY failed_at DESC NULLS LAST, rowid DESC LIMIT ${toLimit(limit)}`,
    parameters: reason === undefined ? [] : [reason],
  };
}

/** Rows of reason, count. */
export const reasonsQuery: Query = {
  sql: `SELECT reason, count(*) AS letters FROM ${letters} GROUP BY reason ORDER BY letters DESC, reason`,
  parameters: [],
};

function toLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.max(0, Math.trunc(limit)) : 1_000_000;
}
