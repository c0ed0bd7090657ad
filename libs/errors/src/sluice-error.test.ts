import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { SluiceError, errorRegistry, errorOf, isSluiceError, messageOf } from './index.ts';

import type { ErrorCode } from './index.ts';

const codes = Object.keys(errorRegistry) as ErrorCode[];

test('retryable and exit code follow from the code, for every code', () => {
  for (const code of codes) {
    const error = new SluiceError(code, 'what happened');
    assert.equal(error.retryable, errorRegistry[code].retryable);
    assert.equal(error.exitCode, errorRegistry[code].exitCode);
    assert.equal(error.message, 'what happened');
    assert.ok(isSluiceError(error, code));
    assert.ok(codes.every((other) => other === code || !isSluiceError(error, other)));
  }
});

test('every code is in capitals and says what happened and what to do', () => {
  for (const code of codes) {
    assert.match(code, /^[A-Z][A-Z_]*[A-Z]$/);
    assert.match(errorRegistry[code].meaning, /^[A-Z].*\.$/);
    assert.match(errorRegistry[code].remedy, /^[A-Z].*\.$/);
  }
});

test('errors of usage and configuration end with 2 and are never retried', () => {
  for (const code of codes) if (errorRegistry[code].exitCode === 2) assert.equal(errorRegistry[code].retryable, false, code);
});

test('hint, data and cause are kept; without a hint the registry says what to do', () => {
  const cause = new Error('ENOSPC');
  const full = new SluiceError('STORE_FULL', 'full', { hint: 'free some', cause, data: { path: 'x' } });
  assert.deepEqual([full.hint, full.cause, full.data], ['free some', cause, { path: 'x' }]);
  const bare = new SluiceError('USAGE', 'no');
  assert.deepEqual([bare.hint, bare.data, 'cause' in bare], [errorRegistry.USAGE.remedy, {}, false]);
});

test('what others throw is none of ours, and has a message whatever it is', () => {
  for (const thrown of [new Error('x'), { code: 'USAGE' }, 'USAGE', null, undefined, 5]) assert.equal(isSluiceError(thrown), false);
  assert.equal(messageOf(new Error('x')), 'x');
  assert.equal(messageOf('text'), 'text');
  assert.equal(errorOf('text').message, 'text');
  const thrown = new TypeError('x');
  assert.equal(errorOf(thrown), thrown);
  assert.equal(messageOf(undefined), 'undefined');
  assert.equal(messageOf(Symbol('s')), 'Symbol(s)');
  assert.equal(typeof messageOf(Object.create(null)), 'string');
});

test('docs/errors.md has every code, its exit code and its remedy', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  assert.deepEqual(listed, codes);
  for (const code of codes) assert.ok(page.includes(errorRegistry[code].remedy), code);
});
