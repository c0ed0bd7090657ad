/**
 * Generic JSON lines: access logs written as JSON by some LogFormat, nginx, or a shipper, with keys by their usual names.
 *
 * Who knows the LogFormat gives that instead: it says what each key means, and what `\xhh` in a value (which is no JSON)
 * stood for. Here such escapes are repaired as well as can be.
 */
import { clientKind, clientKinds } from './client-kind.ts';
import { jsonGoals } from './json-keys.ts';
import { readJsonTime } from './json-time.ts';
import { LineRefusal } from './line-parser.ts';
import { safeKey } from './plan-fields.ts';
import { readDuration } from './read-number.ts';
import { decodeBytes, hexByte } from './read-text.ts';
import { createRequestParts, isToken, readRequest } from './request-line.ts';

import type { LogEvent } from '@sluice/event';
import type { LineParser } from './line-parser.ts';

type Scalar = string | number | boolean;

/** Objects inside objects; what is deeper is kept as JSON text. */
const maxDepth = 4;
const maxExtras = 200;

/**
 * Creates the parser of generic JSON lines.
 *
 * Shape: one object per line, also nested (`{"http":{"request":{"method":...}}}` counts as `http.request.method`). It is an
 * access log line when it has a time and a request or a path. Values under other keys go to `extra` by their dotted name.
 * Errors: never throws; a value of the wrong kind under a known key refuses the line.
 * Cost: about six times that of a compiled format.
 */
export function createJsonLineParser(): LineParser {
  return { name: 'json', format: 'json', parse: parseJsonLine };
}

function parseJsonLine(line: string): LogEvent | LineRefusal {
  const text = line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line;
  if (text.charCodeAt(0) !== 123) return new LineRefusal(text, 0, "'{' of a JSON object");
  const valid = parseObject(decodeBytes(Buffer.from(text, 'latin1')));
  const parsed = valid ?? parseObject(withJsonEscapes(text));
  if (parsed === null) return new LineRefusal(text, 0, 'one valid JSON object');
  const values = new Map<string, Scalar>();
  const extra = new Map<string, Scalar>();
  try {
    flatten(parsed, '', 0, (key, value) => {
      const meant = valid === null && typeof value === 'string' ? repairBytes(value) : value;
      const goal = jsonGoals.get(key.toLowerCase());
      if (goal !== undefined && !values.has(goal)) values.set(goal, meant);
      else if (value !== '-') extra.set(safeKey(key), meant);
    });
  } catch {
    return new LineRefusal(text, 0, 'JSON that is not nested without end');
  }
  if (extra.size > maxExtras) return new LineRefusal(text, 0, `JSON with at most ${maxExtras} keys besides the usual ones`);
  return buildEvent(text, values, extra);
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** A value of a line whose characters are bytes, `\xhh` among them. */
function repairBytes(value: string): string {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 255) return value;
  return decodeBytes(Buffer.from(value, 'latin1'));
}

/** Rewrites `\xhh` and `\v`, which httpd and nginx write and JSON does not have. */
function withJsonEscapes(line: string): string {
  let text = '';
  let from = 0;
  for (let at = line.indexOf('\\'); at >= 0; at = line.indexOf('\\', at + 2)) {
    const byte = line[at + 1] === 'x' ? hexByte(line, at + 2) : -1;
    if (byte < 0 && line[at + 1] !== 'v') continue;
    text += `${line.slice(from, at)}\\u00${byte < 0 ? '0b' : byte.toString(16).padStart(2, '0')}`;
    from = at + (byte < 0 ? 2 : 4);
  }
  return text + line.slice(from);
}

function flatten(value: object, prefix: string, depth: number, found: (key: string, value: Scalar) => void): void {
  for (const [name, child] of Object.entries(value) as [string, unknown][]) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof child === 'string' || typeof child === 'number' || typeof child === 'boolean') found(key, child);
    else if (typeof child !== 'object' || child === null) continue;
    else if (Array.isArray(child) || depth === maxDepth) found(key, JSON.stringify(child));
    else flatten(child, key, depth + 1, found);
  }
}

function extraFields(extra: ReadonlyMap<string, Scalar>): Record<string, string | number> | undefined {
  if (extra.size === 0) return undefined;
  return Object.fromEntries([...extra].map(([key, value]) => [key, typeof value === 'boolean' ? String(value) : value]));
}

function buildEvent(line: string, values: ReadonlyMap<string, Scalar>, extra: ReadonlyMap<string, Scalar>): LogEvent | LineRefusal {
  const text = (goal: string): string | null => {
    const value = values.get(goal);
    return value === undefined || value === '-' ? null : String(value);
  };
  const refuse = (expected: string): LineRefusal => new LineRefusal(line, 0, `JSON with ${expected}`);
  const timestamp = readJsonTime(values.get('time'));
  if (timestamp === null) return refuse('a time');
  const client = text('client') ?? '-';
  const kind = clientKind(client, 0, client.length);
  if (kind === clientKinds.invalid) return refuse('a client address or host name');
  const status = count(values.get('status'));
  if (status === undefined || (status !== null && (status < 100 || status > 999))) return refuse('a status of three digits');
  const bytes = count(values.get('bytes_sent'));
  const requestBytes = count(values.get('request_bytes'));
  const port = count(values.get('port'));
  if (bytes === undefined || requestBytes === undefined || port === undefined || (port ?? 0) > 65_535)
    return refuse('whole numbers for sizes and ports');
  const parts = requestParts(text);
  if (parts === null) return refuse('a request or a path');
  return {
    timestamp,
    ip_address: kind === clientKinds.address ? client : null,
    method: parts.method,
    path: parts.path,
    status,
    bytes_sent: bytes ?? (values.get('bytes_sent') === '-' ? 0 : null),
    referer: text('referer'),
    user_agent: text('user_agent'),
    event_id: '',
    source: '',
    log_file: '',
    log_offset: 0,
    client_host: kind === clientKinds.name ? client : undefined,
    host: text('host') ?? undefined,
    port: port ?? undefined,
    user: text('user') ?? undefined,
    protocol: parts.protocol,
    query: parts.query,
    request: parts.request,
    response_time_ms: responseTime(values),
    request_bytes: requestBytes ?? undefined,
    extra: extraFields(extra),
  };
}

function requestParts(text: (goal: string) => string | null): ReturnType<typeof createRequestParts> | null {
  const parts = createRequestParts();
  const request = text('request');
  const method = text('method');
  let target = text('path');
  if (request !== null) {
    readRequest(request, 0, request.length, true, parts);
    if (parts.request === undefined || method === null || target !== null) return parts;
    // No request line, and the method stands elsewhere: `"method":"%m", "request":"%U", "query":"%q"`.
    parts.request = undefined;
    target = request;
  }
  if (method === null && target === null) return null;
  const protocol = text('protocol');
  parts.protocol = protocol === null ? undefined : /^\d/.test(protocol) ? `HTTP/${protocol}` : protocol;
  if (method !== null && isToken(method, method.length)) parts.method = method;
  else if (method !== null) parts.request = method;
  const mark = target?.indexOf('?') ?? -1;
  parts.path = target === null || mark < 0 ? target : target.slice(0, mark);
  const query = target === null || mark < 0 ? text('query') : target.slice(mark + 1);
  parts.query = query === null || query === '' ? undefined : query.replace(/^\?/, '');
  return parts;
}

/** null: absent; undefined: there, but no whole number. */
function count(value: Scalar | undefined): number | null | undefined {
  if (value === undefined || value === '-' || value === '') return null;
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const durationUnits = [
  ['duration_us', 1000],
  ['response_time', 1],
  ['duration_s', 0.001],
] as const;

function responseTime(values: ReadonlyMap<string, Scalar>): number | undefined {
  for (const [goal, unitsPerMs] of durationUnits) {
    const value = values.get(goal);
    const number = typeof value === 'string' ? readDuration(value, 0, value.length) : value;
    if (typeof number === 'number' && number >= 0 && Number.isFinite(number)) return Math.round((number / unitsPerMs) * 1000) / 1000;
  }
  return undefined;
}
