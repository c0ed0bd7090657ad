/**
 * `sluice --daemon`: while servers write and rotate, every line is stored exactly once, and the process says how it is.
 */
import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { waitFor } from '@sluice/testing';

import { assertIdentity, startDaemon, waitForEvents, writeDaemonConfig } from './support/daemon.ts';
import { assertExactlyOnce, createNumberedLog } from './support/numbered-log.ts';
import { createSandbox } from './support/sandbox.ts';
import { parseObject } from './support/json-text.ts';

import type { NumberedLog } from './support/numbered-log.ts';
import type { Sandbox } from './support/sandbox.ts';

const errorLine = '[Sun Nov 22 13:55:36.214133 2026] [php:error] [pid 4117:tid 4117] [client 203.0.113.9:50122] PHP Fatal error:  out\n';

const anHourAgo = new Date(Date.now() - 3_600_000);

/** Lines in small groups with short rests, as a busy server writes them. */
async function writeAtSpeed(log: NumberedLog, lines: number): Promise<void> {
  for (let left = lines; left > 0; left -= 100) {
    log.append(Math.min(100, left));
    await pause(4);
  }
}

async function settle(sandbox: Sandbox, logs: Readonly<Record<string, NumberedLog>>): Promise<void> {
  await waitForEvents(sandbox, Object.values(logs).reduce((sum, { events }) => sum + events, 0)); // prettier-ignore
  // Dead letters are not waited for by number; they come with the batches around them.
  await waitFor(async () => {
    const [row] = await sandbox.query('SELECT count(*) AS n FROM dead_letters');
    return Number(row?.['n']) >= Object.values(logs).reduce((sum, { broken }) => sum + broken, 0);
  });
  await assertExactlyOnce(sandbox, logs);
}

test('a growing folder: pieces of lines, half lines, other logs beside it; asked while it runs', async (t) => {
  const sandbox = await createSandbox(t);
  mkdirSync(sandbox.path('logs'));
  sandbox.write('logs/error.log', errorLine.repeat(30));
  sandbox.write('logs/php.log', errorLine.repeat(30));
  const log = createNumberedLog(sandbox, 'logs/access.log', 'one', 501);
  log.append(300);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [sandbox.path('logs')] }));

  const other = createNumberedLog(sandbox, 'logs/other-access.log', 'two', 502);
  await Promise.all([writeAtSpeed(log, 4000), writeAtSpeed(other, 2000)]);
  for (let round = 0; round < 5; round += 1) {
    log.appendHalfLine();
    await pause(120);
    log.append(3);
    await assertIdentity(daemon);
  }
  await settle(sandbox, { one: log, two: other });

  const warnings = daemon.logLines().filter(({ level }) => level === 'warn');
  assert.deepEqual(warnings.map((line) => JSON.stringify(line).includes('php.log')), [true], 'one warning, about the log that is none'); // prettier-ignore
  for (const line of daemon.logLines()) assert.deepEqual(Object.keys(line).slice(0, 4), ['timestamp', 'level', 'logger', 'message']);

  const metrics = await assertIdentity(daemon);
  assert.equal(metrics.get('sluice_records_in_flight'), 0);
  assert.equal(metrics.get('sluice_records_stored_total'), log.events + other.events);
  assert.equal(metrics.get('sluice_records_dead_lettered_total'), log.broken + other.broken);
  assert.equal(metrics.get('logs_processed_total'), log.events + other.events);
  assert.equal(metrics.get('logs_failed_total'), log.broken + other.broken);
  for (const name of ['log_processing_seconds_count', 'active_connections', 'sluice_build_info']) assert.ok(metrics.has(name), name);

  const report = await sandbox.sluice(['report', '--json']);
  assert.equal(report.exitCode, 0, report.stderr);
  assert.ok(report.stdout.includes(`"events":${log.events + other.events},`), report.stdout.slice(0, 500));
  await daemon.stop();
  await assertExactlyOnce(sandbox, { one: log, two: other });
});

test('rename and create, with late writes to the renamed file, then gzip of it; and again', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 511);
  log.append(200);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path] }));
  for (let round = 0; round < 3; round += 1) {
    await writeAtSpeed(log, 1000);
    if (round > 0) {
      // As logrotate does with `delaycompress`: the older copy is compressed while the newer one is still written.
      renameSync(`${log.path}.1`, `${log.path}.2`);
      const packed = gzipSync(readFileSync(`${log.path}.2`));
      writeFileSync(`${log.path}.2.gz`, packed.subarray(0, packed.length >> 1));
      await pause(60);
      writeFileSync(`${log.path}.2.gz`, packed.subarray(packed.length >> 1), { flag: 'a' });
      // gzip gives the copy the time of what it was made of; such a copy is looked at at once.
      utimesSync(`${log.path}.2.gz`, anHourAgo, anHourAgo);
      unlinkSync(`${log.path}.2`);
    }
    renameSync(log.path, `${log.path}.1`);
    await writeAtSpeed(log, 300);
    const old = log.reopen();
    await writeAtSpeed(log, 300);
    // A worker that still finishes its requests a while later.
    await pause(700);
    log.append(50, old);
    closeSync(old);
    await writeAtSpeed(log, 300);
  }
  await settle(sandbox, { one: log });
  // The compressed copies were seen by now.
  await pause(1500);
  assert.equal((await assertIdentity(daemon)).get('sluice_records_duplicate_total') ?? 0, 0, 'nothing was even read twice');
  await daemon.stop();
});

test('copytruncate: the copy holds what was not read yet', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 521);
  log.append(200);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path] }));
  for (let round = 1; round <= 3; round += 1) {
    await writeAtSpeed(log, 1500);
    // The writer rests meanwhile: what is written between copy and truncation is lost to everybody.
    copyFileSync(log.path, `${log.path}.${round}`);
    truncateSync(log.path);
  }
  await writeAtSpeed(log, 700);
  await settle(sandbox, { one: log });
  await daemon.stop();
});

test('delete and create again: the deleted file is read to its end', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 531);
  log.append(200);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path] }));
  await waitForEvents(sandbox, 190);
  for (let round = 0; round < 3; round += 1) {
    await writeAtSpeed(log, 800);
    unlinkSync(log.path);
    await pause(400);
    log.append(100);
    const old = log.reopen();
    await writeAtSpeed(log, 300);
    closeSync(old);
    await settle(sandbox, { one: log });
  }
  await daemon.stop();
});

test('several generations while it is stopped, one of them compressed; another restart stores nothing', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 541);
  const config = writeDaemonConfig(sandbox, { paths: [log.path] });
  log.append(500);
  const first = await startDaemon(sandbox, config);
  await waitForEvents(sandbox, 400);
  await first.stop();

  log.append(300);
  renameSync(log.path, `${log.path}.1`);
  closeSync(log.reopen());
  log.append(300);
  renameSync(`${log.path}.1`, `${log.path}.2`);
  renameSync(log.path, `${log.path}.1`);
  closeSync(log.reopen());
  writeFileSync(`${log.path}.2.gz`, gzipSync(readFileSync(`${log.path}.2`)));
  unlinkSync(`${log.path}.2`);
  log.append(300);

  const second = await startDaemon(sandbox, config);
  await settle(sandbox, { one: log });
  await second.stop();

  const third = await startDaemon(sandbox, config);
  log.append(10);
  await settle(sandbox, { one: log });
  const metrics = await assertIdentity(third);
  assert.equal(metrics.get('sluice_records_received_total'), 10, 'a restart reads only what is new');
  await third.stop();
});

test('far behind, with every kind of rotation meanwhile: nothing is skipped', async (t) => {
  const sandbox = await createSandbox(t);
  const renamed = createNumberedLog(sandbox, 'renamed.log', 'one', 561);
  const copied = createNumberedLog(sandbox, 'copied.log', 'two', 562);
  for (const log of [renamed, copied]) log.append(3000);
  // A third of a second of work is read in two or three.
  const config = writeDaemonConfig(sandbox, { paths: [renamed.path, copied.path], performance: { rate_limit: 6000, batch_size: 100 } });
  const daemon = await startDaemon(sandbox, config);
  await waitForEvents(sandbox, 100);
  for (let round = 1; round <= 3; round += 1) {
    shiftGenerations(renamed.path, round);
    renameSync(renamed.path, `${renamed.path}.1`);
    closeSync(renamed.reopen());
    renamed.append(1000);
    shiftGenerations(copied.path, round);
    copyFileSync(copied.path, `${copied.path}.1`);
    truncateSync(copied.path);
    copied.append(1000);
    await pause(150);
  }
  await settle(sandbox, { one: renamed, two: copied });
  await assertIdentity(daemon);
  await daemon.stop();
});

/** `.1` to `.2` and so on; what was `.1` before is compressed on the way. */
function shiftGenerations(path: string, count: number): void {
  for (let number = count - 1; number > 0; number -= 1) {
    if (number > 1) {
      renameSync(`${path}.${number}.gz`, `${path}.${number + 1}.gz`);
    } else {
      writeFileSync(`${path}.2.gz`, gzipSync(readFileSync(`${path}.1`)));
      unlinkSync(`${path}.1`);
    }
  }
}

test('a symbolic link that is switched to a new file every day', async (t) => {
  const sandbox = await createSandbox(t);
  const days = ['20261120', '20261121', '20261122', '20261123'];
  const link = sandbox.path('access.log');
  const log = createNumberedLog(sandbox, `access.log-${days[0]!}`, 'one', 571);
  symlinkSync(`access.log-${days[0]!}`, link);
  log.append(300);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [link] }));
  for (const day of days.slice(1)) {
    await writeAtSpeed(log, 500);
    const old = log.reopen(sandbox.path(`access.log-${day}`));
    log.append(5);
    unlinkSync(link);
    symlinkSync(`access.log-${day}`, link);
    log.append(100, old);
    closeSync(old);
  }
  await writeAtSpeed(log, 300);
  await settle(sandbox, { one: log });
  await daemon.stop();
});

test('what was read by hand before is recognised by a daemon, and the other way round', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 581);
  log.append(1000);
  assert.equal((await sandbox.sluice(['--file', log.path])).exitCode, 0);
  const before = log.events + log.broken;
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path] }));
  log.append(500);
  await settle(sandbox, { one: log });
  await waitFor(async () => (await daemon.metrics()).get('sluice_records_in_flight') === 0);
  const metrics = await assertIdentity(daemon);
  assert.equal(metrics.get('sluice_records_duplicate_total'), before);
  assert.equal(metrics.get('sluice_records_received_total'), before + 500);
  await daemon.stop();
  const byHand = await sandbox.sluice(['--file', log.path, '--json']);
  assert.ok(
    byHand.stdout.startsWith(`{"run":{"lines":${before + 500},`) && byHand.stdout.includes(`"stored":0,"duplicates":${before + 500},`),
    byHand.stdout.slice(0, 300),
  );
  await assertExactlyOnce(sandbox, { one: log });
});

test('files that begin with the same lines are different files', async (t) => {
  const sandbox = await createSandbox(t);
  const same = Array.from(
    { length: 40 },
    (_, index) => `203.0.113.9 - - [22/Nov/2026:13:55:${10 + index} +0000] "GET /same HTTP/1.1" 200 5 "-" "curl/8.5.0"\n`,
  ).join('');
  for (const name of ['a', 'b', 'c']) sandbox.write(`logs/${name}-access.log`, same);
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [sandbox.path('logs')] }));
  sandbox.write('logs/d-access.log', same);
  await waitForEvents(sandbox, 160);
  const rows = await sandbox.query('SELECT log_file, count(*) AS n, count(DISTINCT event_id) AS ids FROM events GROUP BY 1 ORDER BY 1');
  assert.deepEqual(rows, ['a', 'b', 'c', 'd'].map((name) => ({ log_file: sandbox.path(`logs/${name}-access.log`), n: 40, ids: 40 }))); // prettier-ignore
  await daemon.stop();
});

test('health is told truly; one process has the state folder; SIGTERM drains within the deadline', async (t) => {
  const sandbox = await createSandbox(t);
  const log = createNumberedLog(sandbox, 'access.log', 'one', 551);
  log.append(50_000);
  const config = writeDaemonConfig(sandbox, {
    paths: [log.path],
    performance: { rate_limit: 2500, batch_size: 200 },
    shutdown: { deadline_seconds: 8 },
  });
  const daemon = await startDaemon(sandbox, config);

  for (const path of ['/live', '/ready']) assert.deepEqual(await daemon.get(path), { status: 200, text: '{"status":"ok","reasons":[]}' });
  const health = await daemon.get('/health');
  assert.equal(health.status, 200);
  for (const key of ['status', 'memory', 'cpu', 'eventLoop', 'components']) assert.ok(key in parseObject(health.text), key);
  assert.equal((await daemon.get('/secret')).status, 404);

  const second = await sandbox.sluice(['--daemon', '--config', config]);
  assert.equal(second.exitCode, 1);
  assert.match(second.stderr, /another process/i);
  assert.doesNotMatch(second.stderr, /^\s+at .+:\d+/m);
  const file = await sandbox.sluice(['--file', log.path]);
  assert.equal(file.exitCode, 1);
  assert.match(file.stderr, /another process/i);

  const retention = await sandbox.sluice(['retention', '--days', '1']);
  assert.equal(retention.exitCode, 1);
  assert.match(retention.stderr, /another process/i);

  await waitForEvents(sandbox, 2000);
  for (let look = 0; look < 20; look += 1) await assertIdentity(daemon);
  await daemon.stop(8000);
  const [row] = await sandbox.query('SELECT count(*) AS n FROM events');
  assert.ok(Number(row?.['n']) < log.events, 'it was stopped amid work');

  const again = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log.path] }));
  await settle(sandbox, { one: log });
  await again.stop();
});
