import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { createClfTimeReader } from './clf-time.ts';
import { renderClfTime } from './testing/render-apache.ts';

const epochSeconds = fc.integer({ min: Date.UTC(1001, 0, 1) / 1000, max: Date.UTC(9998, 0, 1) / 1000 });
const zone = fc.integer({ min: -14 * 60, max: 14 * 60 });

describe('createClfTimeReader', () => {
  it('agrees with Date on every time and zone, with one reader for all of them', () => {
    const read = createClfTimeReader();
    fc.assert(
      fc.property(epochSeconds, zone, (seconds, minutes) => {
        assert.equal(read(`x${renderClfTime(seconds, minutes)}"`, 1), new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'));
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with Date along neighbouring seconds, over days, years and zones', () => {
    const read = createClfTimeReader();
    const start = Date.UTC(2023, 11, 31, 23, 59, 0) / 1000;
    for (const minutes of [0, 330, -480]) {
      for (let seconds = start; seconds < start + 200; seconds++) {
        const iso = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
        assert.equal(read(renderClfTime(seconds, minutes), 0), iso);
        assert.equal(read(renderClfTime(seconds, minutes), 0), iso);
      }
    }
  });

  it('knows leap days', () => {
    const read = createClfTimeReader();
    assert.equal(read('[29/Feb/2024:00:00:00 +0000]', 0), '2024-02-29T00:00:00Z');
    assert.equal(read('[29/Feb/2000:00:00:00 +0000]', 0), '2000-02-29T00:00:00Z');
    assert.equal(read('[28/Feb/2023:23:30:00 -0100]', 0), '2023-03-01T00:30:00Z');
  });

  it('takes a leap second as the second before it', () => {
    assert.equal(createClfTimeReader()('[31/Dec/2016:23:59:60 +0000]', 0), '2016-12-31T23:59:59Z');
  });

  const impossible = [
    '29/Feb/2023:00:00:00 +0000', '29/Feb/1900:00:00:00 +0000', '31/Apr/2024:00:00:00 +0000', '00/Jan/2024:00:00:00 +0000', '32/Jan/2024:00:00:00 +0000',
    '01/Foo/2024:00:00:00 +0000', '01/jan/2024:00:00:00 +0000', '01/Jan/0000:00:00:00 +0000', '01/Jan/2024:24:00:00 +0000', '01/Jan/2024:00:60:00 +0000',
    '01/Jan/2024:00:00:61 +0000', '01/Jan/2024:00:00:00 +1500', '01/Jan/2024:00:00:00 +0060', '01/Jan/2024:00:00:00  0000', '01/Jan/2024:00:00:00 +00:0',
    '1a/Jan/2024:00:00:00 +0000', '01/Jan/2024 00:00:00 +0000', '01-Jan-2024:00:00:00 +0000', '01/Jan/20x4:00:00:00 +0000', '01/Jan/2024:-1:00:00 +0000',
    '\0\0/Jan/2024:00:00:00 +0000',
  ]; // prettier-ignore
  for (const text of impossible) {
    it(`refuses ${JSON.stringify(text)}, also after a good time`, () => {
      const read = createClfTimeReader();
      assert.equal(read('[01/Jan/2024:00:00:00 +0000]', 0), '2024-01-01T00:00:00Z');
      assert.equal(read(`[${text}]`, 0), null);
      assert.equal(read(`[${text}]`, 0), null);
      assert.equal(read('[01/Jan/2024:00:00:00 +0000]', 0), '2024-01-01T00:00:00Z');
    });
  }

  it('refuses a time that is cut', () => {
    const text = '[01/Jan/2024:00:00:00 +0000]';
    for (let length = 0; length < text.length; length++) assert.equal(createClfTimeReader()(text.slice(0, length), 0), null);
  });
});
