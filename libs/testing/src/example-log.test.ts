import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { buildExampleLog } from './example-log.ts';

test('the committed example is what the generator writes', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../../examples/access.log'));
  assert.ok(buildExampleLog().equals(committed), 'run node tools/generate-example.ts and commit examples/access.log');
});

test('the example has five lines that are no log lines, and they alone', () => {
  const lines = buildExampleLog().toString('latin1').trimEnd().split('\n');
  assert.ok(lines.length > 2800 && lines.length < 3300, String(lines.length));
  const whole = /^[\da-f.:]+ - [^[]+ \[\d\d\/Nov\/2026:\d\d:\d\d:\d\d \+0100\] ".*" \d{3} [\d-]+ ".*" ".*"$/;
  assert.equal(lines.filter((line) => !whole.test(line)).length, 5);
});
