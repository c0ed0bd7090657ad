/**
 * Knows at a glance the events that ingest writes, which nearly all records of a topic are. The schema says the same
 * with ten times the work; what this is not sure of is left to the schema.
 */
import type { LogEvent } from './log-event.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === 'string';
const isOrigin = (value: unknown): boolean => typeof value === 'string' && value.length <= 4096;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Whether a parsed JSON object surely is an event. Base fields may be missing, but none may be null.
 *
 * Invariant: true only where `logEventSchema` accepts the object and would change nothing but missing base fields.
 */
export function isPlainEvent(value: JsonObject, isKnownDay: (day: string) => boolean): boolean {
  // Fields that are not accounted for; those of the event are read by their names, as a loop over names takes twice as long.
  let left = Object.keys(value).length - 4;
  const id = value['event_id'];
  if (typeof id !== 'string' || id.length < 1 || id.length > 256) return false;
  if (!isOrigin(value['source']) || !isOrigin(value['log_file']) || !isCount(value['log_offset'])) return false;
  const { timestamp, ip_address: ip, method, path, status, bytes_sent: bytes, referer, user_agent: agent } = value;
  if (timestamp !== undefined && (!isPlainTime(timestamp, isKnownDay) || left-- < 1)) return false;
  if (ip !== undefined && (!isText(ip) || left-- < 1)) return false;
  if (method !== undefined && (!isText(method) || left-- < 1)) return false;
  if (path !== undefined && (!isText(path) || left-- < 1)) return false;
  if (status !== undefined && (!isCount(status) || (status as number) > 999 || left-- < 1)) return false;
  if (bytes !== undefined && (!isCount(bytes) || left-- < 1)) return false;
  if (referer !== undefined && (!isText(referer) || left-- < 1)) return false;
  if (agent !== undefined && (!isText(agent) || left-- < 1)) return false;
  const { protocol, query } = value;
  if (protocol !== undefined && (!isText(protocol) || left-- < 1)) return false;
  if (query !== undefined && (!isText(query) || left-- < 1)) return false;
  return left === 0 || hasOnlyRarerFields(value, left);
}

/** Fields of events with more than the combined format has. */
function hasOnlyRarerFields(value: JsonObject, count: number): boolean {
  let left = count;
  const { client_host: client, host, port, user, request, response_time_ms: time, request_bytes: bytes, extra } = value;
  if (client !== undefined && (!isText(client) || left-- < 1)) return false;
  if (host !== undefined && (!isText(host) || left-- < 1)) return false;
  if (port !== undefined && (!isCount(port) || (port as number) > 65_535 || left-- < 1)) return false;
  if (user !== undefined && (!isText(user) || left-- < 1)) return false;
  if (request !== undefined && (!isText(request) || left-- < 1)) return false;
  if (time !== undefined && (!Number.isFinite(time) || (time as number) < 0 || left-- < 1)) return false;
  if (bytes !== undefined && (!isCount(bytes) || left-- < 1)) return false;
  if (extra !== undefined && (!isPlainExtra(extra) || left-- < 1)) return false;
  return left === 0;
}

function isPlainExtra(extra: unknown): boolean {
  if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) return false;
  for (const [name, value] of Object.entries(extra)) if (name === '__proto__' || !(isText(value) || Number.isFinite(value))) return false;
  return true;
}

/** `2026-11-22T13:55:36Z`, with a fraction or without. Which days there are is known to who has seen one accepted. */
const plainTime = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|\.\d{1,9}Z)$/;

function isPlainTime(value: unknown, isKnownDay: (day: string) => boolean): boolean {
  return typeof value === 'string' && plainTime.test(value) && isKnownDay(value.slice(0, 10));
}

/** Gives an event the base fields that it leaves out, as null. */
export function completeEvent(value: Record<string, unknown>): LogEvent {
  const event = value as unknown as LogEvent;
  event.timestamp ??= null;
  event.ip_address ??= null;
  event.method ??= null;
  event.path ??= null;
  event.status ??= null;
  event.bytes_sent ??= null;
  event.referer ??= null;
  event.user_agent ??= null;
  return event;
}
