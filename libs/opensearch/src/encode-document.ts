/**
 * Events and dead letters as the JSON text that is stored.
 */
import { encodeEnrichedEvent } from '@sluice/event';

import type { DeadLetter, LogEvent } from '@sluice/event';
import type { StoreDocument } from '@sluice/ports';

/**
 * Values of `extra` and their names go into one `flat_object`, which has no `ignore_above`: it refuses the whole document
 * for one over 32,766 bytes of UTF-8 (name, `=` and value; at most three bytes a character). Longer ones are kept beside it.
 */
const maxExtraLength = 8191;
export const longExtraField = 'extra_unindexed';

const baseFieldsOfEvent = ['timestamp', 'ip_address', 'method', 'path', 'status', 'bytes_sent', 'referer', 'user_agent'] as const;

/**
 * The document of an event: one line of JSON with all thirteen base fields.
 *
 * Invariant: holds no line break whatever the input, because a line break would end the document and begin an action.
 * Cost: with `encoded` the event's own text is reused and only the enrichment is encoded; see `bench/opensearch.ts`.
 */
export function encodeDocument({ event, enrichment, encoded }: StoreDocument): string {
  if (event.extra !== undefined && hasLongExtra(event.extra)) return encodeWithLongExtra(event, enrichment);
  if (encoded === undefined || !isOneObject(encoded)) return encodeEnrichedEvent(event, enrichment);
  const missing = missingFields(event);
  // A null that is there already must not come twice: OpenSearch refuses a name that is repeated.
  if (missing !== '' && encoded.includes('null')) return encodeEnrichedEvent(event, enrichment);
  return `${encoded.slice(0, -1)}${missing},${JSON.stringify(enrichment).slice(1)}`;
}

/** The record of another shipper may be any JSON text: with white space, empty, or over several lines. */
function isOneObject(encoded: string): boolean {
  return encoded.length > 2 && encoded.charCodeAt(0) === 0x7b && encoded.charCodeAt(encoded.length - 1) === 0x7d && !encoded.includes('\n');
}

/** Every event that a log line gave has its fields; only odd formats leave some out. */
function missingFields(event: LogEvent): string {
  let missing = '';
  for (const field of baseFieldsOfEvent) if (event[field] === null) missing += `,"${field}":null`;
  return missing;
}

function hasLongExtra(extra: Record<string, string | number>): boolean {
  for (const name in extra) if (isLongExtra(name, extra[name])) return true;
  return false;
}

function isLongExtra(name: string, value: string | number | undefined): boolean {
  return name.length + (typeof value === 'string' ? value.length : 32) > maxExtraLength;
}

function encodeWithLongExtra(event: LogEvent, enrichment: StoreDocument['enrichment']): string {
  const entries = Object.entries(event.extra ?? {});
  // fromEntries defines `__proto__` as a name like any other.
  const short = Object.fromEntries(entries.filter(([name, value]) => !isLongExtra(name, value)));
  const long = Object.fromEntries(entries.filter(([name, value]) => isLongExtra(name, value)));
  const text = encodeEnrichedEvent({ ...event, extra: short }, enrichment);
  return `${text.slice(0, -1)},"${longExtraField}":${JSON.stringify(long)}}`;
}

/** The document of a dead letter; `maxRawLength` cuts the original where the store takes no more of it. */
export function encodeDeadLetter(letter: DeadLetter, maxRawLength = Number.POSITIVE_INFINITY): string {
  return JSON.stringify(letter.raw.length <= maxRawLength ? letter : { ...letter, raw: cutRaw(letter, maxRawLength) });
}

/** A prefix that decodes: whole groups of base64, whole characters of text. */
function cutRaw({ raw, raw_encoding }: DeadLetter, maxLength: number): string {
  if (raw_encoding === 'base64') return raw.slice(0, maxLength - (maxLength % 4));
  const last = raw.charCodeAt(maxLength - 1);
  return raw.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength);
}

const eventFields = [
  ...baseFieldsOfEvent,
  ...(['event_id', 'source', 'log_file', 'log_offset', 'client_host', 'host', 'port', 'user', 'protocol', 'query', 'request'] as const),
  ...(['response_time_ms', 'request_bytes', 'extra'] as const),
] as const satisfies readonly (keyof LogEvent)[];

/** The event that a document of `encodeDocument` was made of. */
export function decodeDocument(text: string): LogEvent {
  const document = joinExtra(JSON.parse(text) as Record<string, unknown>);
  const known = eventFields.filter((field) => Object.hasOwn(document, field)).map((field) => [field, document[field]]);
  const event: unknown = Object.fromEntries(known);
  return event as LogEvent;
}

/** A stored document with `extra` in one piece again. */
export function joinExtra(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { [longExtraField]: longExtra, ...event }: Record<string, unknown> = document;
  if (longExtra !== undefined) event['extra'] = { ...(event['extra'] as object | undefined), ...(longExtra as object) };
  return event;
}

/** The dead letter of a document of `encodeDeadLetter`. */
export function decodeDeadLetter(text: string): DeadLetter {
  return JSON.parse(text) as DeadLetter;
}
