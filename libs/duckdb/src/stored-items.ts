/**
 * Rows of the stored tables back to events and dead letters; the inverse of `table-columns.ts`.
 */
import { baseFields } from '@sluice/event';

import { deadLetterColumns, eventColumns } from './table-columns.ts';

import type { DeadLetter, EnrichedEvent } from '@sluice/event';
import type { Row } from './store-protocol.ts';

const flattened = new Set(['geo_lat', 'geo_lon', 'bot_name', 'bot_kind', 'bot_claim']);
const alwaysThere: ReadonlySet<string> = new Set(baseFields);
const jsonFields = new Set(['threats', 'extra']);

/** The event of a row: base fields null when unknown, the others left out. */
export function toEvent(row: Row): EnrichedEvent {
  const values: Record<string, unknown> = Object.fromEntries(eventColumns.map(({ name }, at) => [name, row[at]]));
  const event: Record<string, unknown> = {};
  for (const { name } of eventColumns) {
    const value = values[name] ?? null;
    if (flattened.has(name) || (value === null && !alwaysThere.has(name))) continue;
    event[name] = jsonFields.has(name) && typeof value === 'string' ? JSON.parse(value) : value;
  }
  event['processed_at'] = withMilliseconds(values['processed_at']);
  if (values['geo_lat'] !== null && values['geo_lon'] !== null) event['geo_location'] = { lat: values['geo_lat'], lon: values['geo_lon'] };
  if (values['bot_name'] !== null) event['bot'] = { name: values['bot_name'], kind: values['bot_kind'], claim: values['bot_claim'] };
  return event as unknown as EnrichedEvent;
}

/** The dead letter of a row. */
export function toDeadLetter(row: Row): DeadLetter {
  const values: Record<string, unknown> = Object.fromEntries(deadLetterColumns.map(({ name }, at) => [name, row[at]]));
  const { column_number, source, log_file, log_offset, topic, partition, record_offset, failed_at, ...rest } = values;
  const origin = topic === null ? { source, log_file, log_offset } : { topic, partition, offset: record_offset };
  return { ...rest, column: column_number, origin, failed_at: withMilliseconds(failed_at) } as unknown as DeadLetter;
}

/** Times of our own clock have three digits, also at a full second. */
function withMilliseconds(time: unknown): unknown {
  return typeof time === 'string' && time.length === 20 ? `${time.slice(0, -1)}.000Z` : time;
}
