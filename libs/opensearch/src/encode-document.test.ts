import assert from 'node:assert/strict';
import { test } from 'node:test';

import { baseFields, encodeEvent } from '@sluice/event';
import { buildDeadLetter, buildEnrichment, buildEvent } from '@sluice/testing';
import fc from 'fast-check';

import { decodeDeadLetter, decodeDocument, encodeDeadLetter, encodeDocument, joinExtra } from './encode-document.ts';

import type { DeadLetter, Enrichment, LogEvent } from '@sluice/event';

const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const nullable = (text: fc.Arbitrary<string>) => fc.option(text, { nil: null });
const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"}\n{"delete":{}}', 'null', '\ud800', '}', '\\', '__proto__', '\u2028'));
// V8's JSON.parse takes a name of one escaped character for another (see encode-event.test.ts); header names hold none.
const anyName = hostile.filter((name) => name.length !== 1 || JSON.stringify(name).length === 3);
const anyEvent: fc.Arbitrary<LogEvent> = fc.record({
  timestamp: fc.constantFrom(null, '2026-11-22T13:55:36Z'), ip_address: nullable(hostile), method: nullable(hostile), path: nullable(hostile),
  status: fc.option(fc.nat(999), { nil: null }), bytes_sent: fc.option(fc.nat(), { nil: null }), referer: nullable(hostile), user_agent: nullable(hostile),
  event_id: hostile, source: hostile, log_file: hostile, log_offset: fc.nat(), query: fc.option(hostile, { nil: undefined }),
  extra: fc.option(fc.dictionary(anyName, fc.oneof(hostile, fc.nat(), fc.constant('x'.repeat(9000)))), { nil: undefined }),
}); // prettier-ignore
const anyEnrichment: fc.Arbitrary<Enrichment> = fc.record({
  geo_country: nullable(hostile), geo_city: nullable(hostile), is_bot: fc.constantFrom(null, true, false), security_threat: fc.constantFrom(null, true, false),
  processed_at: fc.constant('2026-11-22T13:55:37.250Z'), device: fc.option(hostile, { nil: undefined }),
  threats: fc.option(fc.constant([{ rule: 'r', class: 'c', severity: 'high' as const, field: 'path', evidence: '"\n' }]), { nil: undefined }),
}); // prettier-ignore

test('a document is one line with every base field, whether the event comes encoded or not', () => {
  fc.assert(
    fc.property(anyEvent, anyEnrichment, fc.boolean(), (event, enrichment, isEncoded) => {
      const text = encodeDocument({ event, enrichment, encoded: isEncoded ? encodeEvent(event) : undefined });
      assert.doesNotMatch(text, /[\n\r]/);
      const document = joinExtra(parse(text));
      // Escaped as JSON does it: a lone surrogate comes back as it was.
      assert.deepEqual(document, { ...withNulls(), ...parse(JSON.stringify({ ...event, ...enrichment })) });
      assert.deepEqual(decodeDocument(text), parse(JSON.stringify(event)));
    }),
    { numRuns: 300 },
  );
});

function withNulls(): Record<string, null> {
  return Object.fromEntries(baseFields.map((field) => [field, null]));
}

test('the text of an encoded event is used as it is', () => {
  const event = buildEvent({ referer: null });
  const encoded = encodeEvent(event).replace('{', '{ ');
  assert.ok(encodeDocument({ event, enrichment: buildEnrichment(), encoded }).startsWith(encoded.slice(0, -1)));
});

for (const [name, encoded] of Object.entries({
  'over several lines': '{"event_id":"a",\n"path":"/"}',
  'with an action in it': '{"event_id":"a"}\n{"delete":{"_index":"x","_id":"y"}}',
  'with white space around': ' {"event_id":"a"} ',
  'with a null': '{"event_id":"a","path":null}',
  empty: '{}',
  'of another kind': '["a"]',
  none: '',
})) {
  test(`an encoded text ${name} is not trusted: the event is encoded again`, () => {
    const event = buildEvent({ path: null });
    const text = encodeDocument({ event, enrichment: buildEnrichment(), encoded });
    assert.doesNotMatch(text, /\n/);
    assert.deepEqual(Object.keys(parse(text)).filter((field) => field === 'path'), ['path']); // prettier-ignore
    assert.equal(parse(text)['event_id'], event.event_id);
    assert.equal(text.split('"path"').length, 2, 'a name that comes twice is refused');
  });
}

test('values of extra that an index cannot take are kept beside it', () => {
  const extra = { short: 'a', long: 'x'.repeat(40_000), count: 7 };
  const event = buildEvent({ extra });
  const document = parse(encodeDocument({ event, enrichment: buildEnrichment(), encoded: encodeEvent(event) }));
  assert.deepEqual(document['extra'], { short: 'a', count: 7 });
  assert.deepEqual(document['extra_unindexed'], { long: extra.long });
  assert.deepEqual(joinExtra(document)['extra'], extra);
});

test('the original of a dead letter is cut where it still decodes', () => {
  const cut = (letter: DeadLetter, length: number) => decodeDeadLetter(encodeDeadLetter(letter, length)).raw;
  const text = buildDeadLetter({}, Buffer.from('ab\u{1f600}cd'));
  assert.equal(cut(text, 6), 'ab\u{1f600}cd');
  assert.equal(cut(text, 5), 'ab\u{1f600}c');
  assert.equal(cut(text, 3), 'ab', 'no half of a character');
  const binary = buildDeadLetter({}, Buffer.alloc(30, 0xff));
  assert.equal(cut(binary, 10).length, 8, 'whole groups of base64');
  assert.deepEqual(decodeDeadLetter(encodeDeadLetter(binary)), binary);
});
