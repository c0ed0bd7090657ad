/**
 * What each LogFormat directive means: how its text is read, and which event field it fills.
 *
 * Several directives may have the same goal (`%a` and `%h`): the highest rank gets it, the first one on a tie;
 * the others go to `extra` under their own key.
 */
import { formatError } from './log-format-syntax.ts';

import type { Directive } from './log-format-syntax.ts';

export type FieldKind =
  | 'client' | 'server_name' | 'user' | 'identity' | 'text'
  | 'request' | 'method' | 'target' | 'query' | 'protocol'
  | 'count' | 'port' | 'status' | 'duration' | 'connection' | 'time'; // prettier-ignore

export type Goal =
  | 'client' | 'host' | 'port' | 'user' | 'status' | 'bytes_sent' | 'request_bytes' | 'response_time' | 'referer' | 'user_agent'
  | 'request' | 'method' | 'path' | 'query' | 'protocol'; // prettier-ignore

export interface FieldSpec {
  readonly kind: FieldKind;
  /** Null: only ever in `extra`. */
  readonly goal: Goal | null;
  readonly rank: number;
  /** Key in `extra` when the goal goes to another directive, or there is none. */
  readonly extraKey: string;
  /** For refusals. */
  readonly meaning: string;
  /** What one unit of a duration is in microseconds; 0 for other kinds. */
  readonly unitMicroseconds: number;
}

function spec(kind: FieldKind, goal: Goal | null, rank: number, extraKey: string, meaning: string, unitMicroseconds = 0): FieldSpec {
  return { kind, goal, rank, extraKey, meaning, unitMicroseconds };
}

const extraText = (extraKey: string, meaning: string): FieldSpec => spec('text', null, 0, extraKey, meaning);

type Describe = (directive: Directive) => FieldSpec | null;

const fixed =
  (described: FieldSpec): Describe =>
  () =>
    described;

/** By argument, lower case; `''` is the directive without braces. */
const byArgument =
  (table: Readonly<Record<string, FieldSpec>>): Describe =>
  ({ argument }) =>
    Object.hasOwn(table, argument?.toLowerCase() ?? '') ? (table[argument?.toLowerCase() ?? ''] ?? null) : null;

/** Directives that name a variable: the key in `extra` is the prefix and the name in lower case. */
const named =
  (prefix: string, meaning: string): Describe =>
  ({ argument, text }) =>
    argument === null || argument === '' ? null : extraText(prefix + argument.toLowerCase(), `${meaning} ${text}`);

const microseconds = spec('duration', 'response_time', 3, 'duration_us', 'a duration in microseconds', 1);
const milliseconds = spec('duration', 'response_time', 2, 'duration_ms', 'a duration in milliseconds', 1000);
const seconds = spec('duration', 'response_time', 1, 'duration_s', 'a duration in seconds', 1_000_000);

function requestHeader(directive: Directive): FieldSpec | null {
  const name = directive.argument?.toLowerCase();
  if (name === 'referer') return spec('text', 'referer', 1, 'referer', 'a referer');
  if (name === 'user-agent') return spec('text', 'user_agent', 1, 'user-agent', 'a user agent');
  return named('', 'the request header')(directive);
}

function status(directive: Directive): FieldSpec {
  return directive.redirect === '>'
    ? spec('status', 'status', 2, 'status_final', 'a status')
    : spec('status', 'status', 1, 'status_original', 'a status');
}

const pid = spec('count', null, 0, 'process_id', 'a process id');
const tid = spec('count', null, 0, 'thread_id', 'a thread id');

const directives: Readonly<Record<string, Describe>> = {
  h: byArgument({
    '': spec('client', 'client', 2, 'remote_host', 'a client address or host name'),
    c: spec('client', 'client', 1, 'peer_host', 'the address or host name of the peer'),
  }),
  a: byArgument({
    '': spec('client', 'client', 3, 'client_address', 'a client address'),
    c: spec('client', 'client', 1, 'peer_address', 'the address of the peer'),
  }),
  A: fixed(spec('client', null, 0, 'local_address', 'the local address')),
  l: fixed(spec('identity', null, 0, 'identity', "an identity (or '-')")),
  u: fixed(spec('user', 'user', 1, 'user', "a user (or '-')")),
  t: fixed(spec('time', null, 0, '', 'a time')),
  r: fixed(spec('request', 'request', 1, 'request_line', 'a request line')),
  m: fixed(spec('method', 'method', 1, 'request_method', 'a method')),
  U: fixed(spec('target', 'path', 1, 'url_path', 'a path')),
  q: fixed(spec('query', 'query', 1, 'url_query', "a query string (or nothing) after '?'")),
  H: fixed(spec('protocol', 'protocol', 1, 'request_protocol', 'a protocol')),
  s: status,
  b: fixed(spec('count', 'bytes_sent', 2, 'bytes_body', 'a number of bytes')),
  B: fixed(spec('count', 'bytes_sent', 2, 'bytes_body', 'a number of bytes')),
  O: fixed(spec('count', 'bytes_sent', 1, 'bytes_out', 'a number of bytes')),
  I: fixed(spec('count', 'request_bytes', 1, 'bytes_in', 'a number of bytes')),
  S: fixed(spec('count', null, 0, 'bytes_transferred', 'a number of bytes')),
  D: fixed(microseconds),
  T: byArgument({ '': seconds, s: seconds, ms: milliseconds, us: microseconds }),
  i: requestHeader,
  o: named('out_', 'the response header'),
  C: named('cookie_', 'the cookie'),
  e: named('env_', 'the variable'),
  n: named('note_', 'the note'),
  x: named('', 'the variable'),
  c: named('ssl_', 'the variable'),
  v: fixed(spec('server_name', 'host', 2, 'server_name', 'a server name')),
  V: fixed(spec('text', 'host', 1, 'server_name_used', 'a server name')),
  p: byArgument({
    '': spec('port', 'port', 2, 'port_canonical', 'a port'),
    canonical: spec('port', 'port', 2, 'port_canonical', 'a port'),
    local: spec('port', 'port', 1, 'port_local', 'a port'),
    remote: spec('port', null, 0, 'client_port', 'a port'),
  }),
  P: byArgument({ '': pid, pid, tid, hextid: extraText('thread_id', 'a thread id') }),
  k: fixed(spec('count', null, 0, 'keepalive_requests', 'a number of requests')),
  X: fixed(spec('connection', null, 0, 'connection_status', "'X', '+' or '-'")),
  L: fixed(extraText('log_id', 'a log id')),
  f: fixed(extraText('filename', 'a file name')),
  R: fixed(extraText('handler', 'a handler')),
  '^ti': named('trailer_in_', 'the request trailer'),
  '^to': named('trailer_out_', 'the response trailer'),
  '^FB': fixed(spec('duration', null, 0, 'first_byte_us', 'a duration in microseconds', 1)),
};

/**
 * The meaning of a directive.
 *
 * Errors: LOG_FORMAT_INVALID for one that Apache 2.4 does not have, with its column.
 * Source: mod_log_config, mod_logio and mod_ssl documentation.
 */
export function describeDirective(directive: Directive): FieldSpec {
  const describe = Object.hasOwn(directives, directive.letter) ? directives[directive.letter] : undefined;
  if (describe === undefined) {
    throw formatError(directive.column, `${directive.text} is not a directive of Apache 2.4`, 'Write %% for a percent sign, or correct the letter.');
  }
  const described = describe(directive);
  if (described !== null) return described;
  const problem =
    directive.argument === null ? `${directive.text} needs a name in braces` : `${directive.text} has an argument that Apache does not know`;
  throw formatError(directive.column, problem, 'See the table of mod_log_config for what may stand in the braces.');
}
