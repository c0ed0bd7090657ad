import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseRotationName } from './rotation-name.ts';

const generations: readonly [string, string][] = [
  ['access.log.1', 'access.log'],
  ['access.log.2.gz', 'access.log'],
  ['access.log.12.zst', 'access.log'],
  ['access.log-20261122', 'access.log'],
  ['access.log-20261122.gz', 'access.log'],
  ['access.log-20261122-1200.gz', 'access.log'],
  ['access.log-2026112212', 'access.log'],
  ['access.log.2026-11-22', 'access.log'],
  ['access.log.2026-11-22-00_00_00', 'access.log'],
  ['access.log.2026-11-22T12', 'access.log'],
  ['access.log.2026-11-22.1', 'access.log'],
  ['access.log.old', 'access.log'],
  ['access.log.0', 'access.log'],
  ['access.log.1732320000', 'access.log'],
  ['access-20261122.log', 'access.log'],
  ['access.2026-11-22.log', 'access.log'],
  ['access.1.log.gz', 'access.log'],
  ['access_log.1', 'access_log'],
  ['access_log-20261122', 'access_log'],
  ['access_log.20261122', 'access_log'],
];

test('rotated and compressed names lead to the name of the log', () => {
  for (const [name, base] of generations) {
    const parsed = parseRotationName(name);
    assert.deepEqual([name, parsed.base, parsed.rotated], [name, base, true]);
  }
});

test('names without a mark stay as they are', () => {
  for (const name of [
    'access.log',
    'access_log',
    'other_vhosts_access.log',
    'access2.log',
    'site-10.log',
    'port-8080-access.log',
    '.1',
    '20261122',
    'a-99991399.log',
  ]) {
    assert.deepEqual([name, parseRotationName(name).base], [name, name]);
  }
});

test('compression alone is no rotation', () => {
  assert.deepEqual(parseRotationName('access.log.gz'), { base: 'access.log', rotated: false, compressed: true });
});

test('long names are taken apart quickly', () => {
  const startedAtMs = performance.now();
  for (const part of ['.1', '-20261122', '.2026-11-22', '1', '-', '.old']) parseRotationName(`access.log${part.repeat(20_000)}`);
  assert.ok(performance.now() - startedAtMs < 2000);
});
