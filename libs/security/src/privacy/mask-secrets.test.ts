import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { createSecretMasker, mask } from './mask-secrets.ts';
import { secretParameters } from './secret-names.ts';

const masker = createSecretMasker();

describe('a secret', () => {
  const queries: [string, string][] = [
    ['user=ann&password=hunter2&x=1', 'user=ann&password=***&x=1'],
    ['PassWord=a%20b', 'PassWord=***'],
    ['p%61ssword=a', 'p%61ssword=***'],
    ['user[password]=a&user[name]=b', 'user[password]=***&user[name]=b'],
    ['csrf_token=abc;sid=9', 'csrf_token=***;sid=***'],
    ['card_no=4111-1111-1111-1111', 'card_no=***'],
    ['q=4111111111111111', 'q=***'],
    ['q=4111%201111%201111%201111', 'q=***'],
    ['t=eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl', 't=***'],
  ];
  for (const [query, masked] of queries) {
    test(`is taken out of ${query}`, () => {
      assert.equal(masker.query(query), masked);
    });
  }

  test('is taken out of addresses', () => {
    assert.equal(masker.address('https://ann:pw@a.example/x?token=1#t'), 'https://***@a.example/x?token=***');
    assert.equal(masker.address('/shop/item;jsessionid=AB12?x=1'), '/shop/item;jsessionid=***?x=1');
  });

  test('is taken out of a raw request line', () => {
    assert.equal(masker.text('GET /a b?password=x HTTP/1.1'), 'GET /a b?password=*** HTTP/1.1');
  });
});

test('what is no secret stays as it is', () => {
  for (const text of ['q=passwords+and+tokens', 'q=1234567890123456', 'id=20251125134500', 'password=', 'tokens=3', 'compass=north', '']) {
    assert.equal(masker.query(text), text);
  }
  assert.equal(masker.address('https://a.example/@ann/password?x=1'), 'https://a.example/@ann/password?x=1');
});

test('a cookie or header is masked by its name, or by the names in it', () => {
  assert.deepEqual(
    [
      masker.named('authorization', 'Basic YW5uOnB3'),
      masker.named('cookie', 'lang=de; sid=abc; x=1'),
      masker.named('x-forwarded-for', '203.0.113.9'),
      masker.named('x-note', 'sid=1; y=2'),
    ],
    [mask, 'lang=de; sid=***; x=1', '203.0.113.9', 'sid=***; y=2'],
  );
});

test('what the quick look lets pass holds nothing that the thorough one would mask', () => {
  // A list with a name that fits everything but these texts switches the quick look off.
  const thorough = createSecretMasker({ parameters: [...secretParameters, '*\u{10ffff}*'] });
  const texts = fc
    .array(
      fc.constantFrom(
        'a',
        '=',
        '&',
        ';',
        '?',
        'PassWord',
        'p%61ss',
        'to\u212aen',
        'pin',
        'user[',
        ']',
        '%5B',
        '://',
        '@',
        '/',
        '4111',
        '-',
        '%20',
        'eyJ',
        '.',
        'ab',
        ' ',
        '"',
      ),
      { maxLength: 24 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      for (const form of ['query', 'address', 'text'] as const) assert.equal(masker[form](text), thorough[form](text));
    }),
    { numRuns: 2000 },
  );
});

test('names can be chosen', () => {
  const own = createSecretMasker({ parameters: ['kunde_*'], numbersAndTokens: false });
  assert.equal(own.query('kunde_nr=7&password=x&n=4111111111111111'), 'kunde_nr=***&password=x&n=4111111111111111');
});

test('masking twice is masking once, whatever the text', () => {
  const texts = fc
    .array(fc.constantFrom('a', '=', '&', ';', '?', 'password', 'token', '://', '@', '/', '4111111111111111', 'eyJabcdef.ab.c', '%', ' ', mask), {
      maxLength: 20,
    })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      for (const masking of [masker.query, masker.address, masker.text]) assert.equal(masking(masking(text)), masking(text));
      assert.doesNotMatch(masker.query(text), /(?:^|&)password=(?!\*\*\*)[^&;=]/);
    }),
  );
});
