import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { addressNumber, createAddressRanges, parseRange } from './address-ranges.ts';
import { createClaimVerifier, parseBotRanges } from './verify-claim.ts';

import type { Bot } from '@sluice/event';

const googlebot: Bot = { name: 'Googlebot', kind: 'search', claim: 'claimed' };
const list = '{"creationTime":"2025-11-01T00:00:00","prefixes":[{"ipv4Prefix":"192.0.2.0/27"},{"ipv6Prefix":"2001:db8:4860::/48"}]}';

function verifierOf(text: string, isComplete = true): ReturnType<typeof createClaimVerifier> {
  const parsed = parseBotRanges(text);
  assert.ok('ranges' in parsed);
  return createClaimVerifier([{ name: 'googlebot', ...parsed, isComplete }]);
}

describe('a claim', () => {
  test('is verified by the operator’s list', () => {
    const verify = verifierOf(list);
    assert.equal(verify(googlebot, '192.0.2.31'), 'verified');
    assert.equal(verify(googlebot, '2001:db8:4860::1'), 'verified');
    assert.equal(verify(googlebot, '::ffff:192.0.2.1'), 'verified');
  });

  test('is false outside a complete list, and unknown outside any other', () => {
    assert.equal(verifierOf(list)(googlebot, '192.0.2.32'), 'spoofed');
    assert.equal(verifierOf(list, false)(googlebot, '192.0.2.32'), 'unknown');
  });

  test('is unknown without a list or an address', () => {
    assert.equal(createClaimVerifier([])(googlebot, '192.0.2.1'), 'unknown');
    assert.equal(verifierOf(list)(googlebot, null), 'unknown');
    assert.equal(verifierOf(list)({ ...googlebot, name: 'bingbot' }, '192.0.2.1'), 'unknown');
  });
});

test('lists come as JSON or as lines', () => {
  const lines = parseBotRanges('# ours\n192.0.2.0/24\n2001:db8::1 # one\n\n');
  assert.ok('ranges' in lines);
  assert.equal(lines.ranges.size, 2);
  assert.ok(lines.ranges.has('2001:db8::1'));
});

test('a list that is broken is refused as a whole, with a reason', () => {
  for (const text of ['', '{', '{"prefixes":[{"ipv4Prefix":"300.0.0.0/8"}]}', '{"prefixes":[{}]}', '{}', '192.0.2.0/33', '<html>']) {
    assert.ok('error' in parseBotRanges(text), text);
  }
});

test('ranges hold what lies between their ends', () => {
  const number = fc.bigInt({ min: 0n, max: 0xffffffffn });
  const toText = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  fc.assert(
    fc.property(fc.array(fc.tuple(number, fc.integer({ min: 4, max: 32 })), { minLength: 1, maxLength: 20 }), number, (blocks, asked) => {
      const ranges = blocks.map(([value, length]) => parseRange(`${toText(value)}/${length}`)).filter((range) => range !== null);
      const wanted = addressNumber(toText(asked)) ?? 0n;
      const expected = ranges.some(([first, last]) => first <= wanted && wanted <= last);
      assert.equal(createAddressRanges(ranges).has(toText(asked)), expected);
    }),
  );
});
