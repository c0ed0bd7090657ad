import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';

import { anonymiseAddresses } from './anonymise-text.ts';
import { createAddressHasher, truncateAddress } from './anonymise-address.ts';

test('an address is cut to its network', () => {
  assert.deepEqual(['203.0.113.9', '2001:db8:1:2::3', '2001:db8::1', '::1', '::ffff:203.0.113.9', 'host.example', ''].map(truncateAddress), [
    '203.0.113.0',
    '2001:db8:1::',
    '2001:db8::',
    '::',
    '::ffff:203.0.113.0',
    'host.example',
    '',
  ]);
});

test('a hashed address is an address, the same for the same client and key only', () => {
  const hash = createAddressHasher('key');
  assert.ok(isIPv6(hash('203.0.113.9')));
  assert.match(hash('203.0.113.9'), /^fd/);
  assert.equal(hash('203.0.113.9'), hash('203.0.113.9'));
  assert.notEqual(hash('203.0.113.9'), hash('203.0.113.10'));
  assert.notEqual(hash('203.0.113.9'), createAddressHasher('other')('203.0.113.9'));
  assert.equal(hash('host.example'), 'host.example');
});

test('addresses inside a text are found, and nothing else is changed', () => {
  assert.equal(
    anonymiseAddresses('203.0.113.9 - "x" [2001:db8:1:2::3] 203.0.113.9:443, v1.2.3 10:15', truncateAddress),
    '203.0.113.0 - "x" [2001:db8:1::] 203.0.113.0:443, v1.2.3 10:15',
  );
});
