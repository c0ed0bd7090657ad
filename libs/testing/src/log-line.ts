/**
 * From what happened to the bytes a server logs about it, and to the fields a reader must get back.
 * Nothing of the parser is used: both are built from the same facts, independently of each other.
 */
import type { LogEvent } from '@sluice/event';

export const generatedFormats = ['combined', 'common', 'vhost_combined', 'combinedio'] as const;
export type GeneratedFormat = (typeof generatedFormats)[number];

/** The fields of an event that come from the line itself; the eight base ones always, the others only when known. */
export type ExpectedFields = Pick<LogEvent, 'timestamp' | 'ip_address' | 'method' | 'path' | 'status' | 'bytes_sent' | 'referer' | 'user_agent'> &
  Partial<Pick<LogEvent, LineField>>;
export type LineField = 'client_host' | 'host' | 'port' | 'user' | 'protocol' | 'query' | 'request' | 'request_bytes' | 'extra';

/** The facts of one line. Text in `…Logged` fields is as the server writes it, one character per byte. */
export interface LineFacts {
  clientLogged: string;
  clientHost: string | null;
  user: string | null;
  atMs: number;
  zoneMinutes: number;
  requestLogged: string;
  method: string | null;
  path: string | null;
  query: string | null;
  protocol: string | null;
  request: string | null;
  status: number;
  bytes: number;
  refererLogged: string;
  referer: string | null;
  agentLogged: string;
  agent: string | null;
}

export const virtualHost = { name: 'shop.example', port: 443 } as const;
/** What the server adds in headers to every answer, for the formats that log all bytes. */
const headerBytes = 310;

/** Facts to be filled in. */
export function emptyFacts(): LineFacts {
  return {
    clientLogged: '', clientHost: null, user: null, atMs: 0, zoneMinutes: 0, requestLogged: '', method: null, path: null, query: null,
    protocol: null, request: null, status: 200, bytes: 0, refererLogged: '-', referer: null, agentLogged: '-', agent: null,
  }; // prettier-ignore
}

/** Sets a well-formed request. */
export function setRequest(facts: LineFacts, method: string, path: string, query: string | null, protocol: string): void {
  facts.method = method;
  facts.path = path;
  facts.query = query;
  facts.protocol = protocol;
  facts.request = null;
  facts.requestLogged = query === null ? `${method} ${path} ${protocol}` : `${method} ${path}?${query} ${protocol}`;
}

/** Adds text to the query of a well-formed request. */
export function appendQuery(facts: LineFacts, filler: string): void {
  setRequest(
    facts,
    facts.method ?? 'GET',
    facts.path ?? '/',
    facts.query === null ? filler : `${facts.query}&${filler}`,
    facts.protocol ?? 'HTTP/1.1',
  );
}

/** The line as logged, one character per byte, without a line end. */
export function formatLine(facts: LineFacts, format: GeneratedFormat, formatTime: (atMs: number, zoneMinutes: number) => string): string {
  const head = `${facts.clientLogged} - ${facts.user ?? '-'} [${formatTime(facts.atMs, facts.zoneMinutes)}] "${facts.requestLogged}" ${facts.status} `;
  // `%b` logs an empty body as a dash; `%O` counts headers too and is never empty.
  const body = facts.bytes === 0 ? '-' : String(facts.bytes);
  const clients = ` "${facts.refererLogged}" "${facts.agentLogged}"`;
  if (format === 'combined') return head + body + clients;
  if (format === 'common') return head + body;
  if (format === 'vhost_combined') return `${virtualHost.name}:${virtualHost.port} ${head}${facts.bytes + headerBytes}${clients}`;
  return `${head}${body}${clients} ${requestBytes(facts)} ${facts.bytes + headerBytes}`;
}

function requestBytes(facts: LineFacts): number {
  return 180 + facts.requestLogged.length + facts.agentLogged.length;
}

/** What a reader must find in the line that `formatLine` makes of the same facts. */
export function expectedFields(facts: LineFacts, format: GeneratedFormat): ExpectedFields {
  const hasClients = format !== 'common';
  const fields: ExpectedFields = {
    timestamp: new Date(facts.atMs).toISOString().replace('.000Z', 'Z'),
    ip_address: facts.clientHost === null ? facts.clientLogged : null,
    method: facts.method,
    path: facts.path,
    status: facts.status,
    bytes_sent: format === 'vhost_combined' ? facts.bytes + headerBytes : facts.bytes,
    referer: hasClients ? facts.referer : null,
    user_agent: hasClients ? facts.agent : null,
  };
  if (facts.clientHost !== null) fields.client_host = facts.clientHost;
  if (facts.user !== null) fields.user = facts.user;
  if (facts.protocol !== null) fields.protocol = facts.protocol;
  if (facts.query !== null) fields.query = facts.query;
  if (facts.request !== null) fields.request = facts.request;
  if (format === 'vhost_combined') Object.assign(fields, { host: virtualHost.name, port: virtualHost.port });
  if (format === 'combinedio') fields.request_bytes = requestBytes(facts);
  return fields;
}

const lineFields = ['timestamp', 'ip_address', 'method', 'path', 'status', 'bytes_sent', 'referer', 'user_agent', 'client_host', 'host', 'port', 'user', 'protocol', 'query', 'request', 'request_bytes', 'extra'] as const; // prettier-ignore

/**
 * The part of an event that a generated line decides, for `deepEqual` with the expected fields: fields without a value
 * are left out, and so are the `unsettled` ones, from both sides.
 */
export function comparableFields(event: Partial<LogEvent>, unsettled: readonly string[] = []): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of lineFields) {
    const value = event[name];
    if (value !== undefined && value !== null && !unsettled.includes(name)) fields[name] = value;
  }
  return fields;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** Creates a formatter of `%t` without its brackets; it remembers the last second, as lines come in order. */
export function createTimeFormatter(): (atMs: number, zoneMinutes: number) => string {
  let lastAtMs = Number.NaN;
  let lastText = '';
  return (atMs, zoneMinutes) => {
    if (zoneMinutes !== 0) return formatTime(atMs, zoneMinutes);
    if (atMs !== lastAtMs) {
      lastAtMs = atMs;
      lastText = formatTime(atMs, 0);
    }
    return lastText;
  };
}

function formatTime(atMs: number, zoneMinutes: number): string {
  const local = new Date(atMs + zoneMinutes * 60_000);
  const distance = Math.abs(zoneMinutes);
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}${two(distance % 60)}`;
  const date = `${two(local.getUTCDate())}/${months[local.getUTCMonth()] ?? ''}/${local.getUTCFullYear()}`;
  return `${date}:${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} ${zone}`;
}
