import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';

import { decodeRaw } from '@sluice/event';
import { buildDeadLetter, buildEvent } from '@sluice/testing';

import { encodeRecords } from './encode-records.ts';
import { halveLetter, letterOfRefused } from './refused-record.ts';

test('keeps the beginning of an event that no broker takes, and says how much there was', () => {
  const { events } = encodeRecords([{ kind: 'event', event: buildEvent({ user_agent: 'é'.repeat(200_000) }) }]);
  const { letter, key, value } = letterOfRefused(events[0]!, '2026-11-22T13:55:37.250Z');
  assert.equal(key, letter.event_id);
  assert.deepEqual(JSON.parse(String(value)), letter);
  assert.equal(letter.raw_encoding, 'utf8');
  assert.equal(letter.raw_bytes, events[0]!.value.length);
  assert.equal(letter.raw_crc32, crc32(events[0]!.value).toString(16).padStart(8, '0'));
  assert.ok(String(events[0]!.value).startsWith(letter.raw));
  assert.ok(letter.raw.length > 60_000 && value.length < 200_000);
});

test('halves a letter until nothing is left to cut, text as text and bytes as bytes', () => {
  for (const original of [Buffer.from('é'.repeat(5000)), Buffer.alloc(5000, 0xff)]) {
    let letter = buildDeadLetter({}, original);
    let halvings = 0;
    for (let smaller = halveLetter(letter); smaller !== null; smaller = halveLetter(letter)) {
      const kept = decodeRaw(smaller.letter);
      assert.ok(kept.length <= decodeRaw(letter).length / 2);
      assert.deepEqual(kept, original.subarray(0, kept.length));
      assert.equal(smaller.letter.raw_encoding, letter.raw_encoding);
      assert.equal(smaller.letter.raw_bytes, original.length);
      letter = smaller.letter;
      halvings += 1;
    }
    assert.ok(halvings >= 4);
    assert.ok(decodeRaw(letter).length <= 256);
  }
});
