import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createInspector } from './create-inspector.ts';
import { isForeignReferer } from './foreign-referer.ts';
import { emptyRequest } from './request-of.ts';
import { isAttack } from './request-fields.ts';
import { threatRules } from './rules/index.ts';

for (const [referer, host, wanted] of [
  ['https://evil.example/x', 'shop.test', true],
  ['http://user@evil.example:81/', 'shop.test:443', true],
  ['https://198.51.100.7/', '198.51.100.8', true],
  ['https://[2001:db8::1]/', 'shop.test', true],
  ['https://evil.example', 'localhost', true],
  ['https://WWW.Shop.test/login', 'shop.test', false],
  ['https://pay.shop.test./', 'www.shop.test', false],
  ['https://198.51.100.7/', '198.51.100.7:8080', false],
  ['/login', 'shop.test', false],
  ['https:///', 'shop.test', false],
  ['android-app://com.example', 'shop.test', false],
  ['https://evil.example/', null, false],
  [null, 'shop.test', false],
] as const) {
  test(`${referer ?? 'no referer'} seen from ${host ?? 'an unknown host'} is ${wanted ? '' : 'not '}foreign`, () => {
    assert.equal(isForeignReferer(referer, host), wanted);
  });
}

test('a session id in an address is an attack where a link of another site brought it, else a note', () => {
  const inspector = createInspector(threatRules, { targetCache: 10 });
  const request = { ...emptyRequest, target: '/login?PHPSESSID=abcdef0123456789', status: 200 };
  const judge = (referer: string | null, host: string | null): [boolean, string[]] => {
    const verdict = inspector.inspect({ ...request, referer, host });
    return [isAttack(verdict), verdict.threats.map(({ rule }) => rule)];
  };
  assert.deepEqual(judge('https://evil.example/', 'shop.test'), [true, ['FIXATION-002']]);
  assert.deepEqual(judge('https://shop.test/', 'shop.test'), [false, ['FIXATION-002']]);
  assert.deepEqual(judge('https://evil.example/', null), [false, ['FIXATION-002']]);
  assert.deepEqual(judge(null, 'shop.test'), [false, ['FIXATION-002']]);
  const missing = inspector.inspect({ ...request, status: 404, referer: 'https://evil.example/', host: 'shop.test' });
  assert.equal(isAttack(missing), false, 'there is no page that would take it');
});
