/**
 * A full disk under the state folder: the daemon says so, waits, and goes on by itself when there is room again.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { waitFor } from '@sluice/testing';

import { assertIdentity, startDaemon, waitForEvents, writeDaemonConfig } from './support/daemon.ts';
import { assertExactlyOnce, createNumberedLog } from './support/numbered-log.ts';
import { createSandbox } from './support/sandbox.ts';

/** The whole, and the room that is left to the database while the disk is nearly full. */
const diskMegabytes = 64;
const freeBytes = 3 * 1_048_576;

test('the store runs out of space in mid-work and gets some back', async (t) => {
  const mounts: string[] = [];
  const sandbox = await createSandbox(t, {
    env: { SLUICE_STATE__DIRECTORY: 'disk/state' },
    beforeRemoval: () => mounts.forEach((folder) => spawnSync('umount', [folder])),
  });
  const disk = sandbox.path('disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    const reason = `SKIPPED disk full: a tmpfs may not be mounted here (${mounted.stderr.trim()})`;
    console.log(reason);
    t.skip(reason);
    return;
  }
  mounts.push(disk);

  const log = createNumberedLog(sandbox, 'access.log', 'one', 701);
  log.append(100);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path], retry: { first_delay_ms: 50, max_delay_ms: 300 } }));
  await waitForEvents(sandbox, log.events);
  assert.equal((await daemon.get('/ready')).status, 200);

  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(`${disk}/filler`, Buffer.alloc(bavail * bsize - freeBytes));
  log.append(60_000);
  const isNotReady = async (): Promise<string | null> => {
    const { status, text } = await daemon.get('/ready');
    return status === 503 ? text : null;
  };
  assert.match(await waitFor(isNotReady, 30_000, 'not ready'), /store/);
  assert.equal((await daemon.get('/live')).status, 200, 'a restart would not help');
  const said = daemon.logLines().filter(({ level }) => level === 'warn' || level === 'error');
  assert.ok(said.some((line) => /full|space/i.test(JSON.stringify(line))), JSON.stringify(said).slice(0, 2000)); // prettier-ignore
  await pause(1000);
  assert.ok(daemon.logLines().length < 60, 'a lasting failure is not told again and again');
  await assertIdentity(daemon);

  rmSync(`${disk}/filler`);
  await waitFor(async () => (await daemon.get('/ready')).status === 200, 30_000, 'ready again');
  await waitForEvents(sandbox, log.events);
  await daemon.stop();
  await assertExactlyOnce(sandbox, { one: log });
});
