/**
 * The port's conditions as a query. A value a field cannot have matches nothing, never an error.
 */
import { isIP } from 'node:net';

import { SluiceError } from '@sluice/errors';

import { documentId } from './document-id.ts';

import type { EventFilter, FilterField } from '@sluice/ports';

export type Query = Readonly<Record<string, unknown>>;

const nothing: Query = { match_none: {} };

/** Where a field of the port is in a document. */
const paths: Partial<Record<FilterField, string>> = {
  bot_name: 'bot.name',
  bot_kind: 'bot.kind',
  bot_claim: 'bot.claim',
  threat_class: 'threats.class',
  threat_rule: 'threats.rule',
};
const numberFields: ReadonlySet<FilterField> = new Set<FilterField>(['status', 'geo_asn']);
const booleanFields: ReadonlySet<FilterField> = new Set<FilterField>(['is_bot', 'security_threat']);

/** Name of the indexed field. */
export function pathOf(field: FilterField): string {
  return paths[field] ?? field;
}

/** Builds the query; USAGE for a time that is none. */
export function buildQuery(filter: EventFilter): Query {
  const conditions: Query[] = [];
  const { from, to } = filter;
  if (from !== undefined) conditions.push(timeRange('timestamp', { gte: parseTime(from) }));
  if (to !== undefined) conditions.push(timeRange('timestamp', { lt: parseTime(to) }));
  for (const [field, value] of Object.entries(filter.equals ?? {})) conditions.push(equalQuery(field as FilterField, value));
  return conditions.length === 0 ? { match_all: {} } : { bool: { filter: conditions } };
}

/** A range of milliseconds since the epoch. */
export function timeRange(field: string, bounds: { readonly gte?: number; readonly lt?: number }): Query {
  return { range: { [field]: { ...bounds, format: 'epoch_millis' } } };
}

/** Milliseconds since the epoch, rounded down. Errors: USAGE. */
export function parseTime(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new SluiceError('USAGE', `not an ISO time: ${JSON.stringify(text.slice(0, 40))}`);
  return atMs;
}

function equalQuery(field: FilterField, value: string | number | boolean): Query {
  if (field === 'event_id') return { ids: { values: [documentId(String(value))] } };
  if (field === 'status_class') return statusClassQuery(String(value));
  if (field === 'ip_address') return isIP(String(value)) === 0 ? nothing : term(field, String(value));
  if (numberFields.has(field)) {
    const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
    return Number.isSafeInteger(number) && isInRange(field, number) ? term(field, number) : nothing;
  }
  if (booleanFields.has(field)) return ['true', 'false'].includes(String(value)) ? term(field, String(value) === 'true') : nothing;
  return term(pathOf(field), String(value));
}

function term(path: string, value: string | number | boolean): Query {
  return { term: { [path]: { value } } };
}

/** Of the mapping: `status` is a short. */
function isInRange(field: FilterField, value: number): boolean {
  return field !== 'status' || Math.abs(value) <= 32_767;
}

function statusClassQuery(text: string): Query {
  const match = /^(\d{1,2})xx$/.exec(text);
  if (match === null) return nothing;
  const first = Number(match[1]) * 100;
  return { range: { status: { gte: first, lt: first + 100 } } };
}
