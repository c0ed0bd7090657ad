import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileLogFormat } from './compile-log-format.ts';
import { LineRefusal } from './line-parser.ts';
import { knownFields, refusalOf } from './testing/parse-with.ts';

import type { LogEvent } from '@sluice/event';

const combined = compileLogFormat('combined');
const time = '[22/Nov/2026:13:55:36 +0000]';
const timestamp = '2026-11-22T13:55:36Z';
const rest = `${time} "GET / HTTP/1.1" 200 5`;
const root = { timestamp, method: 'GET', path: '/', protocol: 'HTTP/1.1', status: 200, bytes_sent: 5 };

describe('combined', () => {
  const cases: [string, string, Partial<LogEvent>][] = [
    ['an ordinary line', `192.0.2.1 - - ${rest} "https://a.example/" "curl/8"`, { ...root, ip_address: '192.0.2.1', referer: 'https://a.example/', user_agent: 'curl/8' }],
    ['no referer, no agent', `192.0.2.1 - - ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1' }],
    ['empty referer', `192.0.2.1 - - ${rest} "" "-"`, { ...root, ip_address: '192.0.2.1', referer: '' }],
    ['IPv6', `2001:db8::1 - - ${rest} "-" "-"`, { ...root, ip_address: '2001:db8::1' }],
    ['a host name', `client.example - - ${rest} "-" "-"`, { ...root, client_host: 'client.example' }],
    ['an address with a zone', `fe80::1%eth0 - - ${rest} "-" "-"`, { ...root, client_host: 'fe80::1%eth0' }],
    ['no client', `- - - ${rest} "-" "-"`, root],
    ['a user with blanks', `192.0.2.1 - John Q. Public ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1', user: 'John Q. Public' }],
    ['a user that looks like a time', `192.0.2.1 - x [22/Nov/2026 ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1', user: 'x [22/Nov/2026' }],
    ['an e-mail address as user', `192.0.2.1 - zo\\xc3\\xab@example.org ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1', user: 'zoë@example.org' }],
    ['a user of raw bytes', `192.0.2.1 - zo\xc3\xab ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1', user: 'zoë' }],
    ['an empty user', `192.0.2.1 - "" ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1', user: '' }],
    ['an identity', `192.0.2.1 id - ${rest} "-" "-"`, { ...root, ip_address: '192.0.2.1', extra: { identity: 'id' } }],
    ['no request (408)', `192.0.2.1 - - ${time} "-" 408 - "-" "-"`, { timestamp, ip_address: '192.0.2.1', status: 408, bytes_sent: 0 }],
    ['an empty request', `192.0.2.1 - - ${time} "" 400 0 "-" "-"`, { timestamp, ip_address: '192.0.2.1', request: '', status: 400, bytes_sent: 0 }],
    ['a TLS handshake', `192.0.2.1 - - ${time} "\\x16\\x03\\x01\\x02 \\"" 400 226 "-" "-"`, { timestamp, ip_address: '192.0.2.1', request: '\x16\x03\x01\x02 "', status: 400, bytes_sent: 226 }],
    ['HTTP/0.9', `192.0.2.1 - - ${time} "GET /" 200 5 "-" "-"`, { timestamp, ip_address: '192.0.2.1', method: 'GET', path: '/', status: 200, bytes_sent: 5 }],
    ['no status', `192.0.2.1 - - ${time} "GET /" - - "-" "-"`, { timestamp, ip_address: '192.0.2.1', method: 'GET', path: '/', bytes_sent: 0 }],
    ['quotes and backslashes', `192.0.2.1 - - ${rest} "\\"\\\\" "a\\"b\\\\"`, { ...root, ip_address: '192.0.2.1', referer: '"\\', user_agent: 'a"b\\' }],
    ['a Latin-1 agent', `192.0.2.1 - - ${rest} "-" "caf\\xe9 \xfc"`, { ...root, ip_address: '192.0.2.1', user_agent: 'café ü' }],
    ['raw NUL and control bytes', `192.0.2.1 - - ${rest} "\0" "\x1b[31m\x7f"`, { ...root, ip_address: '192.0.2.1', referer: '\0', user_agent: '\x1b[31m\x7f' }],
    ['the largest number', `192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 9007199254740991 "-" "-"`, { ...root, ip_address: '192.0.2.1', bytes_sent: Number.MAX_SAFE_INTEGER }],
    ['another zone', `192.0.2.1 - - [23/Nov/2026:00:25:36 +1030] "GET / HTTP/1.1" 200 5 "-" "-"`, { ...root, ip_address: '192.0.2.1' }],
    ['a carriage return at the end', `192.0.2.1 - - ${rest} "-" "-"\r`, { ...root, ip_address: '192.0.2.1' }],
  ]; // prettier-ignore
  for (const [title, line, fields] of cases) {
    it(`reads ${title}`, () => {
      assert.deepEqual(knownFields(combined.parse(line)), fields);
    });
  }

  it('reads a line of 1 MiB and one of 64 KiB of escapes', () => {
    const long = knownFields(combined.parse(`192.0.2.1 - - ${time} "GET /${'a'.repeat(1_048_576)} HTTP/1.1" 200 5 "-" "-"`));
    assert.equal(long.path?.length, 1_048_577);
    assert.equal(knownFields(combined.parse(`192.0.2.1 - - ${rest} "-" "${'\\xc3\\xa9'.repeat(8192)}"`)).user_agent, 'é'.repeat(8192));
  });

  const broken: [string, string, number][] = [
    ['an empty line', '', 1],
    ['blanks', '   ', 1],
    ['a byte order mark', `\xef\xbb\xbf192.0.2.1 - - ${rest} "-" "-"`, 1],
    ['a server name in front', `a.example:443 192.0.2.1 - - ${rest} "-" "-"`, 1],
    ['a server name without a port in front', `a.example 192.0.2.1 - - ${rest} "-" "-"`, 11],
    ['a column less', `192.0.2.1 - ${rest} "-" "-"`, 13],
    ['a common line', `192.0.2.1 - - ${rest}`, 66],
    ['more text behind', `192.0.2.1 - - ${rest} "-" "-" 12`, 74],
    ['a blank behind', `192.0.2.1 - - ${rest} "-" "-" `, 74],
    ['quotes that are not escaped', `192.0.2.1 - - ${rest} "-" "a "b" c"`, 75],
    ['a cut agent', `192.0.2.1 - - ${rest} "-" "Mozilla/5.0 (comp`, 89],
    ['a cut agent that ends in an escaped quote', `192.0.2.1 - - ${rest} "-" "Mozilla\\"`, 81],
    ['no time', `192.0.2.1 - - "GET / HTTP/1.1" 200 5 "-" "-"`, 15],
    ['a time that does not exist', `192.0.2.1 - - [30/Feb/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "-"`, 15],
    ['a status of two digits', `192.0.2.1 - - ${time} "GET / HTTP/1.1" 20 5 "-" "-"`, 61],
    ['a status of four digits', `192.0.2.1 - - ${time} "GET / HTTP/1.1" 2000 5 "-" "-"`, 64],
    ['a word for a size', `192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 x "-" "-"`, 65],
    ['a size over 2^53', `192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 9007199254740993 "-" "-"`, 65],
    ['an error log line', '[Sun Nov 22 13:55:36.123456 2026] [core:error] [pid 1:tid 2] [client 192.0.2.1:5] AH1: File does not exist', 1],
    ['the line in quotes', `"192.0.2.1 - - ${rest} "-" "-""`, 1],
    ['a broken address', `192.0.2.256 - - ${rest} "-" "-"`, 1],
    ['carriage returns', '\r', 1],
  ];
  for (const [title, line, column] of broken) {
    it(`refuses ${title}`, () => {
      const refusal = refusalOf(combined, line);
      assert.equal(refusal.column, column, refusal.message);
    });
  }

  it('says what it expected and what it found', () => {
    assert.equal(refusalOf(combined, `192.0.2.1 - - ${time} "GET / HTTP/1.1" 20\x1b`).message, "column 61: expected a status, found '20?'");
    assert.equal(refusalOf(combined, `192.0.2.1 - - ${rest} "-`).message, `the line ends at column 69, expected a referer, then '"'`);
  });

  it('keeps one shape of event for all lines', () => {
    const keys = (line: string): string[] => Object.keys(combined.parse(line));
    assert.deepEqual(keys(`192.0.2.1 - - ${rest} "-" "-"`), keys(`a.example id x ${time} "\\x16" 400 - "a" "b"`));
  });

  it('does not carry anything from one line to the next', () => {
    const plain = `192.0.2.1 - - ${time} "-" 408 - "-" "-"`;
    const before = knownFields(combined.parse(plain));
    combined.parse(`a.example id x ${time} "GET /a?b HTTP/1.1" 200 7 "a" "b"`);
    combined.parse(`192.0.2.1 - - ${time} "\\x16 x" 200 7 "a`);
    assert.deepEqual(knownFields(combined.parse(plain)), before);
  });
});

describe('every directive', () => {
  const cases: [string, string, Partial<LogEvent>][] = [
    ['%h', 'a.example', { client_host: 'a.example' }],
    ['%a', '::1', { ip_address: '::1' }],
    ['%{c}a', '::1', { ip_address: '::1' }],
    ['%a %{c}a', '192.0.2.1 192.0.2.2', { ip_address: '192.0.2.1', extra: { peer_address: '192.0.2.2' } }],
    ['%h %a', '192.0.2.1 192.0.2.2', { ip_address: '192.0.2.2', extra: { remote_host: '192.0.2.1' } }],
    ['%h %a', 'a.example 192.0.2.2', { ip_address: '192.0.2.2', client_host: 'a.example' }],
    ['%{c}h %A', 'a.example 192.0.2.9', { client_host: 'a.example', extra: { local_address: '192.0.2.9' } }],
    ['%a:%{remote}p %A:%p', '::1:4711 192.0.2.9:80', { ip_address: '::1', port: 80, extra: { client_port: 4711, local_address: '192.0.2.9' } }],
    ['%l|%u|', 'id|me|', { user: 'me', extra: { identity: 'id' } }],
    ['"%u"', '"a b"', { user: 'a b' }],
    ['"%u"', '""""', { user: '' }],
    ['%t', time, { timestamp }],
    ['%{%FT%T}t.%{msec_frac}t%{%z}t', '2026-11-22T13:55:36.042+0100', { timestamp: '2026-11-22T12:55:36.042Z' }],
    ['%{sec}t %{usec_frac}t', '1795355736 000042', { timestamp: '2026-11-22T13:55:36.000042Z' }],
    ['%{begin:usec}t %{end:usec}t', '1795355736000000 1795355737500000', { timestamp: '2026-11-22T13:55:36.000000Z', extra: { end_time: '2026-11-22T13:55:37.500000Z' } }],
    ['%{end:%F %T}t', '2026-11-22 13:55:36', { timestamp }],
    ['%{end}t', time, { timestamp }],
    ['%{%H:%M}t', '13:55', { extra: { time: '13:55' } }],
    ['%t %{msec}t', `${time} 1795355736123`, { timestamp: '2026-11-22T13:55:36.123Z' }],
    ['%200t %s', '- 404', { status: 404 }],
    ['%200t %s', `${time} 200`, { timestamp, status: 200 }],
    ['"%r"', '"GET / HTTP/1.1"', { method: 'GET', path: '/', protocol: 'HTTP/1.1' }],
    ['%r %>s', 'GET /a b HTTP/1.1 200', { method: 'GET', path: '/a b', protocol: 'HTTP/1.1', status: 200 }],
    ['%r %>s', '- 408', { status: 408 }],
    ['%m %U %q %H', 'GET /a ?b=c HTTP/2.0', { method: 'GET', path: '/a', query: 'b=c', protocol: 'HTTP/2.0' }],
    ['"%m %U%q %H"', '"GET /a b?c d HTTP/1.1"', { method: 'GET', path: '/a b', query: 'c d', protocol: 'HTTP/1.1' }],
    ['%m %U%q', 'GET /a', { method: 'GET', path: '/a' }],
    ['"%m" %s', '"\\x16\\x03" 400', { request: '\x16\x03', status: 400 }],
    ['"%r" %m %U', '"GET /a?b HTTP/1.1" GET /b', { method: 'GET', path: '/a', query: 'b', protocol: 'HTTP/1.1', extra: { request_method: 'GET', url_path: '/b' } }],
    ['%s', '200', { status: 200 }],
    ['%s %>s', '301 200', { status: 200, extra: { status_original: 301 } }],
    ['%<s', '301', { status: 301 }],
    ['%b', '-', { bytes_sent: 0 }],
    ['%B', '7', { bytes_sent: 7 }],
    ['%O', '9', { bytes_sent: 9 }],
    ['%O %b', '9 7', { bytes_sent: 7, extra: { bytes_out: 9 } }],
    ['%200b %s', '- 404', { status: 404 }],
    ['%I %S', '3 12', { request_bytes: 3, extra: { bytes_transferred: 12 } }],
    ['%D', '1500', { response_time_ms: 1.5 }],
    ['%T', '2', { response_time_ms: 2000 }],
    ['%T', '0.057', { response_time_ms: 57 }],
    ['%{s}T', '2', { response_time_ms: 2000 }],
    ['%{ms}T', '2', { response_time_ms: 2 }],
    ['%{us}T', '2', { response_time_ms: 0.002 }],
    ['%T %{ms}T %D', '1 1500 1500123', { response_time_ms: 1500.123, extra: { duration_s: 1, duration_ms: 1500 } }],
    ['%D %T', '-3 -', {}],
    ['"%{referer}i" "%{USER-AGENT}i"', '"a" "b"', { referer: 'a', user_agent: 'b' }],
    ['"%{X-Forwarded-For}i"', '"1.2.3.4, ::1"', { extra: { 'x-forwarded-for': '1.2.3.4, ::1' } }],
    ['%{X-Forwarded-For}i %h', '1.2.3.4, 10.0.0.2, ::1 192.0.2.1', { ip_address: '192.0.2.1', extra: { 'x-forwarded-for': '1.2.3.4, 10.0.0.2, ::1' } }],
    ['%{X-Forwarded-For}i %h', '- 192.0.2.1', { ip_address: '192.0.2.1' }],
    ['"%{X-Id}i"', '"-"', {}],
    ['"%{__proto__}i" "%{constructor}i"', '"a" "b"', { extra: { _proto_: 'a', constructor: 'b' } }],
    ['%!200,304{X}i %400,501{Y}i', 'a -', { extra: { x: 'a' } }],
    ['%{X}o %{Sid}C %{Y}e %{Z}n', 'a b c d', { extra: { out_x: 'a', cookie_sid: 'b', env_y: 'c', note_z: 'd' } }],
    ['%{SSL_PROTOCOL}x', 'TLSv1.3', { extra: { ssl_protocol: 'TLSv1.3' } }],
    ['%{T}^ti %{T}^to', 'a b', { extra: { trailer_in_t: 'a', trailer_out_t: 'b' } }],
    ['%v:%p', '[::1]:443', { host: '[::1]', port: 443 }],
    ['%V %v', 'b.example a.example', { host: 'a.example', extra: { server_name_used: 'b.example' } }],
    ['%{canonical}p %{local}p', '443 8443', { port: 443, extra: { port_local: 8443 } }],
    ['%P %{tid}P %{hextid}P', '1 2 7f', { extra: { process_id: 1, thread_id: 2, thread_id_2: '7f' } }],
    ['%k%X', '3+', { extra: { keepalive_requests: 3, connection_status: '+' } }],
    ['%X', '-', { extra: { connection_status: '-' } }],
    ['%L %f %R', 'Xy/1 /var/www/a proxy-server', { extra: { log_id: 'Xy/1', filename: '/var/www/a', handler: 'proxy-server' } }],
    ['%^FB', '123', { extra: { first_byte_us: 123 } }],
    ['%{X}i %{X}i %{x}i', 'a a b', { extra: { x: 'a', x_2: 'b' } }],
    ['"%{A}i,%{B}i" "%{C}i"', '"a,b\\" \\"" "c"', { extra: { a: 'a', b: 'b" "', c: 'c' } }],
    ['"%U%q" "%{C}i"', '"/a?b\\" \\"" "c"', { path: '/a', query: 'b" "', extra: { c: 'c' } }],
    ['"%v %r" %s', '"a.example GET / HTTP/1.1" 200', { host: 'a.example', method: 'GET', path: '/', protocol: 'HTTP/1.1', status: 200 }],
    ['[100%%] %b', '[100%] 1', { bytes_sent: 1 }],
    ['%b\\t%s', '1\t200', { bytes_sent: 1, status: 200 }],
  ]; // prettier-ignore
  for (const [format, line, fields] of cases) {
    it(`${format} reads ${line}`, () => {
      assert.deepEqual(knownFields(compileLogFormat(format).parse(line)), fields);
    });
  }

  const refused: [string, string][] = [
    ['%m %U%q', 'GET'],
    ['%q|', 'a=b|'],
    ['%p', '65536'],
    ['%X', 'Z'],
    ['%D', '1x'],
    ['%P', '-1'],
    ['%v', 'a/b'],
    ['%H', 'HTTP/1.1 x'],
    ['%{Referer}i -> %U', '192.0.2.1 - - [t] "GET / HTTP/1.1" -> /a'],
    ['%{User-agent}i', 'say "hello"'],
    ['%r %>s', 'GET / 200'],
    ['%{%F %T}t', '2026-02-30 00:00:00'],
    ['%{msec}t', '12x'],
    ['%v %h %l', 'a.example - x'],
  ];
  for (const [format, line] of refused) {
    it(`${format} refuses ${line}`, () => {
      refusalOf(compileLogFormat(format), line);
    });
  }
});

describe('JSON formats', () => {
  it('parse by their LogFormat, escapes of httpd included', () => {
    const parser = compileLogFormat(
      String.raw`LogFormat "{ \"time\":\"%t\", \"ip\":\"%a\", \"req\":\"%r\", \"status\":%>s, \"bytes\":%B, \"ref\":\"%{Referer}i\", \"ua\":\"%{User-Agent}i\", \"us\":%D }" json_log`,
    );
    assert.equal(parser.name, 'json_log');
    const line = String.raw`{ "time":"${time}", "ip":"192.0.2.1", "req":"GET /\xc3\xa9?q=\"x\" HTTP/1.1", "status":200, "bytes":5, "ref":"-", "ua":"a\",b", "us":1500 }`;
    assert.deepEqual(knownFields(parser.parse(line)), {
      ...root,
      ip_address: '192.0.2.1',
      path: '/é',
      query: 'q="x"',
      user_agent: 'a",b',
      response_time_ms: 1.5,
    });
  });

  it('parse with ISO time and separate method, path and query', () => {
    const parser = compileLogFormat(
      '{"@timestamp":"%{%Y-%m-%dT%H:%M:%S%z}t","clientip":"%a","verb":"%m","path":"%U","query":"%q","status":"%>s","vhost":"%v"}',
    );
    const line =
      '{"@timestamp":"2026-11-22T13:55:36+0000","clientip":"::1","verb":"GET","path":"/","query":"?a=b","status":"200","vhost":"a.example"}';
    const { bytes_sent, protocol, ...fields } = root;
    assert.deepEqual([bytes_sent, protocol], [5, 'HTTP/1.1']);
    assert.deepEqual(knownFields(parser.parse(line)), { ...fields, ip_address: '::1', query: 'a=b', host: 'a.example' });
    refusalOf(parser, line.replace('"verb"', '"verv"'));
    refusalOf(parser, `${line}}`);
  });
});

describe('nicknames', () => {
  it('vhost_combined takes both forms, and neither passes as combined', () => {
    const vhost = compileLogFormat('vhost_combined');
    for (const line of [
      `a.example:443 192.0.2.1 - - ${rest} "-" "-"`,
      `a.example 192.0.2.1 - - ${rest} "-" "-"`,
      `a.example 192.0.2.1 - me ${rest} "-" "-"`,
    ]) {
      assert.equal(knownFields(vhost.parse(line)).host, 'a.example');
      assert.equal(knownFields(vhost.parse(line)).ip_address, '192.0.2.1');
      refusalOf(combined, line);
    }
    for (const line of [`192.0.2.1 - - ${rest} "-" "-"`, `192.0.2.1 - a b ${rest} "-" "-"`, `192.0.2.1 - a b c ${rest} "-" "-"`])
      refusalOf(vhost, line);
  });

  it('referer, agent, common, combinedio', () => {
    assert.deepEqual(knownFields(compileLogFormat('referer').parse('http://a.example/ -> /b')), { referer: 'http://a.example/', path: '/b' });
    assert.deepEqual(knownFields(compileLogFormat('agent').parse('curl/8 (x)')), { user_agent: 'curl/8 (x)' });
    assert.deepEqual(knownFields(compileLogFormat('common').parse(`192.0.2.1 - - ${rest}`)), { ...root, ip_address: '192.0.2.1' });
    const fields = knownFields(compileLogFormat('combinedio').parse(`192.0.2.1 - - ${rest} "-" "-" 100 300`));
    assert.deepEqual(fields, { ...root, ip_address: '192.0.2.1', request_bytes: 100, extra: { bytes_out: 300 } });
  });
});

describe('the generated code', () => {
  it('holds nothing of the format', () => {
    const evil = '`+(globalThis.sluicePwned=1)+`"\';//*/${globalThis.sluicePwned=1}\u2028';
    const parser = compileLogFormat(`${evil}%h${evil}%{${evil.replaceAll('}', '')}}i${evil}`);
    assert.ok(!(parser.parse(`${evil}::1${evil}x${evil}`) instanceof LineRefusal));
    assert.equal((globalThis as Record<string, unknown>)['sluicePwned'], undefined);
    refusalOf(parser, 'x');
  });
});
