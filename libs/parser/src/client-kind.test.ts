import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { clientKind, clientKinds, isAddress, isServerName } from './client-kind.ts';

const kindOf = (text: string): string | undefined => {
  const kind = clientKind(`>>${text}<<`, 2, 2 + text.length);
  return Object.entries(clientKinds).find(([, value]) => value === kind)?.[0];
};

const nearlyAddress = fc.string({ unit: fc.constantFrom('0', '1', '2', '5', '9', 'a', 'F', 'g', ':', ':', '::', '.', '.', '%'), maxLength: 24 });

describe('clientKind', () => {
  it('agrees with net.isIP on addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), nearlyAddress), (text) => {
        fc.pre(!text.includes('%'));
        assert.equal(isAddress(`>>${text}<<`, 2, 2 + text.length), isIP(text) !== 0, text);
      }),
      { numRuns: 3000 },
    );
  });

  const cases: [string, string][] = [
    ['192.0.2.1', 'address'],
    ['::', 'address'],
    ['::1', 'address'],
    ['2001:DB8::1', 'address'],
    ['::ffff:192.0.2.1', 'address'],
    ['-', 'absent'],
    ['client.example', 'name'],
    ['host_1-a.example.', 'name'],
    ['localhost', 'name'],
    ['3com', 'name'],
    ['xn--bcher-kva.example', 'name'],
    ['fe80::1%eth0', 'name'],
    ['', 'invalid'],
    ['--', 'invalid'],
    ['-a.example', 'invalid'],
    ['.example', 'invalid'],
    ['256.1.1.1', 'invalid'],
    ['1.2.3', 'invalid'],
    ['1.2.3.4.', 'invalid'],
    ['01.2.3.4', 'invalid'],
    ['12345', 'invalid'],
    ['1.2.3.4:80', 'invalid'],
    ['[::1]', 'invalid'],
    ['example.org:443', 'invalid'],
    ['a b', 'invalid'],
    ['[Sun', 'invalid'],
    ['fe80::1%', 'invalid'],
    ['fe80::1%eth 0', 'invalid'],
    ['1.2.3.4%eth0', 'invalid'],
    ['b\xfccher.example', 'invalid'],
    ['\xef\xbb\xbf192.0.2.1', 'invalid'],
    ['a'.repeat(255), 'name'],
    ['a'.repeat(256), 'invalid'],
  ];
  for (const [text, kind] of cases) {
    it(`takes ${JSON.stringify(text.slice(0, 30))} as ${kind}`, () => {
      assert.equal(kindOf(text), kind);
    });
  }
});

describe('isServerName', () => {
  it('takes names and addresses, IPv6 with and without brackets', () => {
    for (const name of ['example.org', '192.0.2.1', '[2001:db8::1]', '::1', '_default_']) assert.ok(isServerName(name, 0, name.length), name);
    for (const name of ['', '[]', '[1.2.3.4]', '[::1', 'a/b', '1.2.3']) assert.ok(!isServerName(name, 0, name.length), name);
  });
});
