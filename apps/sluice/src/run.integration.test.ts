/**
 * What a one-shot run says about its lines, on the real process.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { runProcess, temporaryFolder } from '@sluice/testing';

const mainPath = join(import.meta.dirname, 'main.ts');
const lines = ['/a', '/b', '/c'].map((path) => `203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET ${path} HTTP/1.1" 200 5 "-" "-"\n`);

test('every line is counted once in the closing line, the first time and the second', async (t) => {
  const cwd = await temporaryFolder(t);
  writeFileSync(join(cwd, 'access.log'), `${lines.join('')}no access log line\n\n`);
  const first = await runProcess([mainPath, '--file', 'access.log'], { cwd });
  assert.match(first.stdout, /^5 lines in .*: 3 stored, 0 stored before, 1 dead letters, 1 dropped$/m);
  const second = await runProcess([mainPath, '--file', 'access.log'], { cwd });
  assert.match(second.stdout, /^5 lines in .*: 0 stored, 4 stored before, 0 dead letters, 1 dropped$/m);
});
