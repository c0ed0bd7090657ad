import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { decodeRaw, encodeEvent } from '@sluice/event';
import { createLineParser } from '@sluice/parser';
import { buildEvent } from '@sluice/testing';
import fc from 'fast-check';

import { createRecordDecoder } from './decode-record.ts';

import type { DecodedRecord } from './decode-record.ts';

const decode = createRecordDecoder({ maxLineBytes: 4096 }, createLineParser('auto'));
const origin = { topic: 'web_logs', partition: 3, offset: '17' };
const failedAt = '2026-11-22T10:00:00.000Z';
const from = (value: string | Buffer | null): DecodedRecord =>
  decode({ kind: 'encoded', value: typeof value === 'string' ? Buffer.from(value) : value, origin }, failedAt);

const line = '203.0.113.9 - zo\u00eb [22/Nov/2026:13:55:36 +0000] "GET /a?b=1 HTTP/1.1" 200 512 "-" "curl/8.0"';

function eventOf(decoded: DecodedRecord) {
  assert.equal(decoded.kind, 'event', JSON.stringify(decoded));
  return decoded.event;
}

function letterOf(decoded: DecodedRecord) {
  assert.equal(decoded.kind, 'dead_letter', JSON.stringify(decoded));
  return decoded.letter;
}

describe('an event of ours', () => {
  test('comes back as it was published, with its text for stores that write JSON', () => {
    const event = buildEvent({ user: 'zo\u00eb', referer: null, extra: { 'x-id': '1' } });
    const text = encodeEvent(event);
    const decoded = from(text);
    assert.deepEqual(JSON.parse(encodeEvent(eventOf(decoded))), JSON.parse(text));
    assert.equal(decoded.kind === 'event' ? decoded.encoded : null, text);
  });

  test('that is not as ingest writes it is decoded, but its text is not used', () => {
    const text = encodeEvent(buildEvent());
    for (const other of [`${text} `, text.replace('{', '{"referer":null,').replace(/,"referer":"[^"]*"/, ''), text.replace('{', '{\n')]) {
      const decoded = from(other);
      eventOf(decoded);
      assert.equal(decoded.kind === 'event' ? decoded.encoded : null, undefined, other);
    }
  });

  test('with a wrong or unknown field is a dead letter that names it', () => {
    const event = buildEvent();
    assert.match(letterOf(from(JSON.stringify({ ...event, status: 'two hundred' }))).message, /^status: /);
    assert.match(letterOf(from(JSON.stringify({ ...event, is_bot: true }))).message, /is_bot/);
    assert.match(letterOf(from(JSON.stringify({ ...event, log_offset: -1 }))).message, /^log_offset: /);
    assert.equal(letterOf(from(JSON.stringify({ event_id: 'x' }))).reason, 'undecodable');
  });
});

describe('a record of another shipper', () => {
  for (const [form, value] of [
    ['a raw line', line],
    ['a raw line with its line end', `${line}\r\n`],
    ['an object with a message', JSON.stringify({ '@timestamp': '2026-11-22T13:55:37Z', message: line, host: { name: 'web-9' } })],
  ] as const) {
    test(`is parsed: ${form}`, () => {
      const event = eventOf(from(value));
      assert.equal(event.ip_address, '203.0.113.9');
      assert.equal(event.user, 'zo\u00eb');
      assert.equal(event.path, '/a');
      assert.equal(event.event_id, 'web_logs-3-17');
      assert.equal(event.log_file, 'web_logs/3');
      assert.equal(event.log_offset, 17);
    });
  }

  test('is parsed when it is a JSON log line', () => {
    const event = eventOf(
      from(JSON.stringify({ time: '2026-11-22T13:55:36Z', remote_addr: '203.0.113.9', request: 'GET /x HTTP/1.1', status: 404 })),
    );
    assert.equal(event.path, '/x');
    assert.equal(event.status, 404);
  });

  test('is a dead letter with its bytes when it is no log line', () => {
    for (const value of ['hello', '{"message": 5}', '{"message":', '[1,2]', 'null', '{}']) {
      const letter = letterOf(from(value));
      assert.equal(letter.reason, 'undecodable');
      assert.equal(decodeRaw(letter).toString(), value);
      assert.equal(letter.event_id, 'web_logs-3-17');
      assert.deepEqual(letter.origin, origin);
    }
    assert.match(letterOf(from(null)).message, /no value/);
  });

  test('is cut and marked when it is too long, and dropped when it is blank', () => {
    const letter = letterOf(from('x'.repeat(5000)));
    assert.equal(letter.reason, 'line_too_long');
    assert.equal(letter.raw.length, 4096);
    assert.equal(letter.raw_bytes, 5000);
    for (const value of ['\n', ' \r\n', '\0\0']) assert.equal(from(value).kind, 'blank', JSON.stringify(value));
  });
});

test('whatever a record holds, it is one of the three, and nothing throws', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value)),
    fc.json().map((text) => Buffer.from(text)),
    fc.tuple(fc.json(), fc.nat(400)).map(([text, at]) => Buffer.from(text.slice(0, at))),
    fc.dictionary(fc.constantFrom('message', 'event_id', 'status', '__proto__'), fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(bytes, (value) => {
      assert.ok(['event', 'dead_letter', 'blank'].includes(from(value).kind));
    }),
  );
});
