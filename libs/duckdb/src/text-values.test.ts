/** Any text and number goes in and comes out, through encoder, thread, chunk and file. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import fc from 'fast-check';

import { buildDocument, createRecordingLogger, temporaryFolder } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';
import { parseMicros } from './parse-micros.ts';
import { formatMicros } from './read-value.ts';

test('times keep their microseconds both ways', () => {
  const range = { min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('2255-01-01T00:00:00Z') };
  fc.assert(
    fc.property(fc.integer(range), fc.nat(999), (ms, rest) => {
      const micros = BigInt(ms) * 1000n + BigInt(rest);
      const text = formatMicros(micros, 0);
      assert.equal(parseMicros(text), Number(micros), text);
    }),
  );
  assert.equal(formatMicros(1_500_000n, 0), '1970-01-01T00:00:01.500Z');
  assert.equal(formatMicros(1_000_000n, 3), '1970-01-01T00:00:01.000Z');
  assert.equal(parseMicros('1970-01-01T00:00:01.5Z'), 1_500_000);
  assert.equal(parseMicros('1970-01-01T00:00:01.1234Z'), 1_123_400);
  assert.equal(parseMicros('1970-01-01T00:00:01.123456789Z'), 1_123_456);
  assert.ok(Number.isNaN(parseMicros('2026-02-30 nonsense')));
});

test('texts and numbers of any kind, many and few distinct ones, with and without nulls', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await createDuckDbStore(
    { path: join(folder, 's.duckdb'), memoryLimitMb: 100, threads: 1, queryTimeoutSeconds: 10 },
    { logger: createRecordingLogger() },
  );
  t.after(() => store.close());
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\0', 'a\0b', 'exactly12byt', 'thirteenbytes', 'é'.repeat(6), 'x'.repeat(65_536))); // prettier-ignore
  const optional = fc.option(text, { freq: 3 });
  const number = fc.option(fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER)));
  const event = fc.record({
    path: optional,
    referer: optional,
    user_agent: fc.option(fc.constantFrom('a', 'b'.repeat(20))),
    bytes_sent: number,
    method: text,
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 60 }), async (events) => {
      round += 1;
      const source = `round-${round}`;
      const documents = events.map((fields) => buildDocument({ ...fields, source, extra: { ['__proto__']: fields.method } }));
      await store.write({ documents, deadLetters: [] });
      const read = await store.events(100, { equals: { source } });
      const expected = documents.map(({ event: given, enrichment }) => ({ ...given, ...enrichment })).toReversed();
      assert.deepEqual(read, expected);
    }),
    { numRuns: 60 },
  );
});

test('half a surrogate pair becomes the replacement character, in ids as well', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const store = await createDuckDbStore(
    { path: join(folder, 's.duckdb'), memoryLimitMb: 100, threads: 1, queryTimeoutSeconds: 10 },
    { logger: createRecordingLogger() },
  );
  t.after(() => store.close());
  const batch = { documents: [buildDocument({ event_id: 'id-\ud800', path: '/a\udc00b' })], deadLetters: [] };
  assert.equal((await store.write(batch)).documents[0]?.kind, 'stored');
  assert.equal((await store.write(batch)).documents[0]?.kind, 'duplicate');
  const [event] = await store.events(1, {});
  assert.equal(event?.path, '/a\ufffdb');
});
