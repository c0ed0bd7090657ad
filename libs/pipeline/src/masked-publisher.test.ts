import assert from 'node:assert/strict';
import { test } from 'node:test';

import { buildDeadLetter, buildEvent } from '@sluice/testing';

import { composeMasking } from './compose-masking.ts';
import { maskedPublisher } from './masked-publisher.ts';

import type { OutgoingRecord } from '@sluice/ports';

const defaults = { mask: ['default'], anonymize_addresses: 'none' as const };

test('secrets of events and letters are gone before they are published', async () => {
  const published: OutgoingRecord[] = [];
  const masking = composeMasking({ ...defaults, mask: ['default', 'ticket'] });
  assert.ok(masking !== null);
  const publisher = maskedPublisher(
    { publish: (records) => Promise.resolve(void published.push(...records)) },
    { events: masking, letters: masking },
  );
  const plain = buildEvent({ query: 'q=1' });
  await publisher.publish(
    [
      { kind: 'event', event: buildEvent({ query: 'q=1&token=abc&ticket=9' }) },
      { kind: 'event', event: plain },
      { kind: 'dead_letter', letter: buildDeadLetter({ raw: 'x password=abc' }) },
    ],
    { readAtMs: 0 },
  );
  assert.deepEqual(
    published.map((record) => (record.kind === 'event' ? record.event.query : record.letter.raw)),
    ['q=1&token=***&ticket=***', 'q=1', 'x password=***'],
  );
  assert.equal(published[1]?.kind === 'event' && published[1].event, plain);
});

test('nothing to mask is no masking; a hash is the same address for the same key', () => {
  assert.equal(composeMasking({ ...defaults, mask: [] }), null);
  const hash = composeMasking({ mask: [], anonymize_addresses: 'hash', anonymize_key: 'a key of 16 chars' })?.anonymise;
  assert.equal(hash?.('203.0.113.9'), hash?.('203.0.113.9'));
  assert.match(hash?.('203.0.113.9') ?? '', /^fd/);
  assert.equal(composeMasking({ ...defaults, anonymize_addresses: 'truncate' })?.anonymise?.('203.0.113.9'), '203.0.113.0');
});

test('events may be left alone for detection while letters are masked', async () => {
  const published: OutgoingRecord[] = [];
  const target = { publish: (records: OutgoingRecord[]) => Promise.resolve(void published.push(...records)) };
  const event = buildEvent({ query: 'token=abc' });
  const publisher = maskedPublisher(target, { events: null, letters: composeMasking(defaults) });
  await publisher.publish([{ kind: 'event', event }, { kind: 'dead_letter', letter: buildDeadLetter({ raw: 'x password=abc' }) }], { readAtMs: 0 }); // prettier-ignore
  assert.equal(published[0]?.kind === 'event' && published[0].event, event);
  assert.equal(published[1]?.kind === 'dead_letter' && published[1].letter.raw, 'x password=***');
  assert.equal(maskedPublisher(target, { events: null, letters: null }), target);
});
