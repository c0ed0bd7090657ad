/**
 * Events as JSON text: the record that ingest publishes, and the line that `inspect` prints.
 */
import { baseFields, optionalFields } from './log-event.ts';

import type { EnrichedEvent, Enrichment, LogEvent } from './log-event.ts';

/**
 * Encodes what ingest knows of an event; nulls and unknown fields are left out.
 *
 * Shape: one JSON object, no line breaks. Cost: one stringify; see bench.
 */
export function encodeEvent(event: LogEvent): string {
  return JSON.stringify(event, omitNull);
}

function omitNull(_key: string, value: unknown): unknown {
  return value === null ? undefined : value;
}

const printedFields = [...baseFields, ...optionalFields];

/** Encodes an enriched event with the thirteen base fields first, null when unknown, the others only when known. */
export function encodeEnrichedEvent(event: LogEvent, enrichment: Enrichment): string {
  const whole: EnrichedEvent = { ...event, ...enrichment };
  const ordered: Record<string, unknown> = {};
  for (const name of printedFields) ordered[name] = whole[name];
  return JSON.stringify(ordered);
}
