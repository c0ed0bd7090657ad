/**
 * Signals and closed pipes, on the real process.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { spawnProcess, temporaryFolder } from '@sluice/testing';

const mainPath = join(import.meta.dirname, 'main.ts');
const line = '203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n';
const timeoutMs = 20_000;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`inspect ends on ${signal} while its input is open and silent`, async (t) => {
    const child = spawnProcess([mainPath, 'inspect'], { cwd: await temporaryFolder(t), timeoutMs });
    t.after(() => child.kill());
    child.stdin.write(line);
    await child.waitForLine('"path":"/"');
    const { exitCode, stderr } = await child.kill(signal);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stderr, '');
  });
}

test('reading a silent standard input ends on SIGTERM, and a second signal is not needed', async (t) => {
  const child = spawnProcess([mainPath, '--file', '-'], { cwd: await temporaryFolder(t), timeoutMs });
  t.after(() => child.kill());
  // The first thing a run says, before it opens anything.
  await child.waitForLine('Wrote config/config.yml');
  const { exitCode, stderr } = await child.kill('SIGTERM');
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, /Interrupted/);
});

test('a message that nobody reads does not change the exit code', async (t) => {
  const child = spawn(process.execPath, [mainPath, 'query'], { cwd: await temporaryFolder(t), stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.destroy();
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(exitCode, 2);
});
