/**
 * A full disk under the database: the daemon says so, waits, and goes on by itself when there is room again; killed
 * meanwhile, it has lost nothing either.
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

import type { TestContext } from 'node:test';
import type { Daemon } from './support/daemon.ts';
import type { Sandbox } from './support/sandbox.ts';

/** The whole, and the room that is left to the database while the disk is nearly full. */
const diskMegabytes = 64;
const freeBytes = 3 * 1_048_576;
const retry = { first_delay_ms: 50, max_delay_ms: 300 };

test('the store runs out of space in mid-work and gets some back', async (t) => {
  const sandbox = await sandboxWithDisk(t, { SLUICE_STATE__DIRECTORY: 'disk/state' });
  if (sandbox === null) return;
  const log = createNumberedLog(sandbox, 'access.log', 'one', 701);
  log.append(100);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path], retry }));
  await waitForEvents(sandbox, log.events);
  assert.equal((await daemon.get('/ready')).status, 200);

  fill(sandbox);
  log.append(60_000);
  assert.match(await waitFor(() => whyNotReady(daemon), 30_000, 'not ready'), /store/);
  assert.equal((await daemon.get('/live')).status, 200, 'a restart would not help');
  const said = daemon.logLines().filter(({ level }) => level === 'warn' || level === 'error');
  assert.ok(said.some((line) => /full|space/i.test(JSON.stringify(line))), JSON.stringify(said).slice(0, 2000)); // prettier-ignore
  await pause(1000);
  assert.ok(daemon.logLines().length < 60, 'a lasting failure is not told again and again');
  await assertIdentity(daemon);

  makeRoom(sandbox);
  await waitFor(async () => (await whyNotReady(daemon)) === null, 30_000, 'ready again');
  await waitForEvents(sandbox, log.events);
  await daemon.stop();
  await assertExactlyOnce(sandbox, { one: log });
});

test('killed while the database waits for space, with the checkpoint on a disk that has some', async (t) => {
  const sandbox = await sandboxWithDisk(t, { SLUICE_STATE__DATABASE: 'disk/sluice.duckdb' });
  if (sandbox === null) return;
  const log = createNumberedLog(sandbox, 'access.log', 'one', 702);
  log.append(1000);
  const config = writeDaemonConfig(sandbox, { paths: [log.path], retry, performance: { batch_size: 500 } });
  const daemon = await startDaemon(sandbox, config);
  await waitForEvents(sandbox, log.events);
  fill(sandbox);
  log.append(60_000);
  await waitFor(() => whyNotReady(daemon), 30_000, 'not ready');
  // Longer than checkpoints are apart: what is taken and not stored must not be in one.
  await pause(2500);
  assert.ok(((await daemon.metrics()).get('sluice_records_in_flight') ?? 0) >= 500);
  await daemon.process.kill();

  makeRoom(sandbox);
  const again = await startDaemon(sandbox, config);
  await waitForEvents(sandbox, log.events);
  await again.stop();
  await assertExactlyOnce(sandbox, { one: log });
});

test('a first start on a full disk fails clearly, and leaves nothing that keeps the next one from working', async (t) => {
  const sandbox = await sandboxWithDisk(t, { SLUICE_STATE__DATABASE: 'disk/sluice.duckdb' });
  if (sandbox === null) return;
  const log = createNumberedLog(sandbox, 'access.log', 'one', 703);
  log.append(100);
  for (const pages of [0, 1, 2]) {
    fill(sandbox, pages * 4096);
    const { exitCode, stderr } = await sandbox.sluice(['--file', log.path]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /No space left/);
    makeRoom(sandbox);
  }
  const { exitCode, stderr } = await sandbox.sluice(['--file', log.path]);
  assert.equal(exitCode, 0, stderr);
  await assertExactlyOnce(sandbox, { one: log });
});

test('while the store takes nothing, SIGTERM ends a run and a daemon within the deadline, and a second one at once', async (t) => {
  const sandbox = await sandboxWithDisk(t, { SLUICE_STATE__DATABASE: 'disk/sluice.duckdb' });
  if (sandbox === null) return;
  const log = createNumberedLog(sandbox, 'access.log', 'one', 704);
  log.append(40_000);
  fill(sandbox);
  const run = sandbox.start(['--file', log.path, '--set', 'shutdown.deadline_seconds=1']);
  await run.waitForLine('No space left');
  const startedAtMs = performance.now();
  const { exitCode, stderr } = await run.kill('SIGTERM');
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, /nothing is lost/);
  assert.ok(performance.now() - startedAtMs < 6000, 'ends soon');

  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path], retry, shutdown: { deadline_seconds: 1 } }));
  await waitFor(() => whyNotReady(daemon), 30_000, 'not ready');
  await daemon.stop(6000);

  const patient = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path], retry, shutdown: { deadline_seconds: 100 } }));
  await waitFor(() => whyNotReady(patient), 30_000, 'not ready');
  const stopping = patient.process.kill('SIGTERM');
  assert.equal(await Promise.race([stopping, pause(500, 'drains')]), 'drains');
  assert.equal((await patient.process.kill('SIGTERM')).signal, 'SIGTERM', 'a second one ends it at once');

  makeRoom(sandbox);
  assert.equal((await sandbox.sluice(['--file', log.path])).exitCode, 0);
  await assertExactlyOnce(sandbox, { one: log });
});

/** A sandbox with a small disk of its own at `disk`; null, said aloud, where none may be mounted. */
async function sandboxWithDisk(t: TestContext, env: Readonly<Record<string, string>>): Promise<Sandbox | null> {
  const mounts: string[] = [];
  const sandbox = await createSandbox(t, { env, beforeRemoval: () => mounts.forEach((folder) => spawnSync('umount', [folder])) });
  const disk = sandbox.path('disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status === 0) {
    mounts.push(disk);
    return sandbox;
  }
  const reason = `SKIPPED disk full: a tmpfs may not be mounted here (${mounted.error?.message ?? mounted.stderr.trim()})`;
  console.log(reason);
  t.skip(reason);
  return null;
}

function fill(sandbox: Sandbox, leftBytes = freeBytes): void {
  const { bavail, bsize } = statfsSync(sandbox.path('disk'));
  writeFileSync(sandbox.path('disk/filler'), Buffer.alloc(bavail * bsize - leftBytes));
}

function makeRoom(sandbox: Sandbox): void {
  rmSync(sandbox.path('disk/filler'));
}

async function whyNotReady(daemon: Daemon): Promise<string | null> {
  const { status, text } = await daemon.get('/ready');
  return status === 503 ? text : null;
}
