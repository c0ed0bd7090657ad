/**
 * SIGKILL at seeded moments, again and again: at the end every line is stored once, every broken one is kept once.
 */
import assert from 'node:assert/strict';
import { closeSync, copyFileSync, existsSync, readdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { createRandom, waitFor } from '@sluice/testing';

import { assertExactlyOnce, createNumberedLog, keepAppending } from './support/numbered-log.ts';
import { startDaemon, waitForEvents, writeDaemonConfig } from './support/daemon.ts';
import { createSandbox } from './support/sandbox.ts';

const rounds = 6;

test('a one-shot run that is killed at any moment and run again', async (t) => {
  const sandbox = await createSandbox(t);
  const random = createRandom(601);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 601);
  log.append(80_000);
  // Ten seconds of work on any machine, so that kills fall into it; batches so small that many moments differ.
  const args = ['--file', log.path, '--set', 'performance.rate_limit=8000', '--set', 'performance.batch_size=300'];
  const counts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = sandbox.start(args);
    await waitFor(() => existsSync(sandbox.path('data/sluice.duckdb')));
    // The first hits the start, where the database is made, the next ones that or the work, and every other one the work for sure.
    if (round % 2 === 1) await waitForWrites(sandbox.path('data'));
    await pause(random.int(round === 0 ? 60 : 1000));
    const { signal } = await child.kill();
    assert.equal(signal, 'SIGKILL', 'it was killed in mid-run');
    const { exitCode, stdout } = await sandbox.sluice(['query', 'SELECT count(*) AS n FROM events', '--json']);
    if (exitCode === 0) counts.push(Number(/\d+/.exec(stdout)?.[0]));
  }
  assert.ok(
    counts.some((count) => count > 0 && count < log.events),
    `kills fell into the work: ${counts.join(' ')}`,
  );
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
    'what was stored stays stored',
  );
  t.diagnostic(`killed with ${counts.join(', ')} of ${log.events} events stored`);
  const last = await sandbox.sluice(['--file', log.path]);
  assert.equal(last.exitCode, 0, last.stderr);
  await assertExactlyOnce(sandbox, { one: log });
});

/** Waits until files of the folder have had five different sizes, as they have while batches are stored. */
async function waitForWrites(folder: string): Promise<void> {
  const sizes = new Set<string>();
  await waitFor(() => {
    sizes.add(readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0}`).join()); // prettier-ignore
    return sizes.size >= 5;
  });
}

test('a one-shot run that is interrupted keeps what it read, says so, and is completed by the next', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 603);
  log.append(20_000);
  const child = sandbox.start(['--file', log.path, '--set', 'performance.rate_limit=3000', '--set', 'performance.batch_size=200']);
  await waitForEvents(sandbox, 1000);
  const { exitCode, stderr } = await child.kill('SIGINT');
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, /Interrupted/);
  const [row] = await sandbox.query('SELECT count(*) AS n FROM events');
  assert.ok(Number(row?.['n']) >= 1000 && Number(row?.['n']) < log.events);
  assert.equal((await sandbox.sluice(['--file', log.path])).exitCode, 0);
  await assertExactlyOnce(sandbox, { one: log });
});

test('a daemon that is killed at any moment while the log grows and is rotated', async (t) => {
  const sandbox = await createSandbox(t);
  const random = createRandom(602);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 602);
  log.append(1000);
  const config = writeDaemonConfig(sandbox, { paths: [log.path], performance: { batch_size: 100 } });
  let rotations = 0;
  const writer = keepAppending(t, log, random);
  for (let round = 0; round < rounds; round += 1) {
    const daemon = await startDaemon(sandbox, config);
    await waitFor(async () => ((await daemon.metrics()).get('sluice_records_stored_total') ?? 0) > 0);
    await pause(random.int(700));
    const { signal } = await daemon.process.kill();
    assert.equal(signal, 'SIGKILL');
    // While it is down.
    if (round % 3 === 1) rename();
    if (round % 3 === 2) copyAndTruncate();
  }
  await writer.stop();
  const daemon = await startDaemon(sandbox, config);
  await waitForEvents(sandbox, log.events);
  await daemon.stop();
  await assertExactlyOnce(sandbox, { one: log });

  function rename(): void {
    shift();
    renameSync(log.path, `${log.path}.1`);
    log.append(20);
    closeSync(log.reopen());
  }

  function copyAndTruncate(): void {
    shift();
    copyFileSync(log.path, `${log.path}.1`);
    truncateSync(log.path);
  }

  function shift(): void {
    for (let number = rotations; number > 0; number -= 1) renameSync(`${log.path}.${number}`, `${log.path}.${number + 1}`);
    rotations += 1;
  }
});
