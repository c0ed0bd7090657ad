/**
 * What the command says and how it ends when it is used wrongly: one clear message, the right exit code, nothing on stdout.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { createLogGenerator } from '@sluice/testing';

import { createSandbox, mainPath } from './support/sandbox.ts';
import { parseRows } from './support/json-text.ts';

import type { ProcessResult } from '@sluice/testing';
import type { AddressInfo } from 'node:net';

const accessLog = (lines: number, seed = 401): Buffer => createLogGenerator({ seed, distinctAddresses: 500, distinctPaths: 200 }).buffer(lines);
const errorLog = '[Sun Nov 22 13:55:36.214133 2026] [php:error] [pid 4117:tid 4117] [client 203.0.113.9:50122] PHP Fatal error:  out\n'.repeat(50);

/** A failure that a person can act on: nothing on stdout, a short message of ours, no stack trace. */
function assertFailure(result: ProcessResult, exitCode: number, ...patterns: readonly RegExp[]): void {
  assert.equal(result.exitCode, exitCode, result.stderr);
  // A run that got as far as counting says that nothing was read.
  assert.ok(result.stdout === '' || result.stdout.startsWith('0 lines in '), result.stdout);
  assert.match(result.stderr, /^sluice: /m);
  for (const pattern of patterns) assert.match(result.stderr, pattern);
  assert.doesNotMatch(result.stderr, /^\s+at .+:\d+/m, 'no stack trace');
}

test('a missing file is one clear line and exit code 1', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('config/config.yml', '{}');
  const result = await sandbox.sluice(['--file', 'nowhere/access.log']);
  assert.equal(result.exitCode, 1, result.stderr);
  const lines = result.stderr.trimEnd().split('\n');
  assert.equal(lines.filter((line) => line.includes('nowhere/access.log')).length, 1, result.stderr);
  assert.match(result.stderr, /nowhere\/access\.log does not exist/);
  assert.doesNotMatch(result.stderr, /^\s+at .+:\d+/m);
});

test('a missing file beside good ones: the good ones are stored, and it still is exit code 1', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('good.log', accessLog(50));
  const result = await sandbox.sluice(['--file', 'nowhere.log', 'good.log']);
  assert.equal(result.exitCode, 1);
  assert.match(result.stderr, /nowhere\.log does not exist/);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM events'), [{ n: 50 }]);
});

test('a folder that may not be read is named', async (t) => {
  const sandbox = await createSandbox(t);
  mkdirSync(sandbox.path('locked'));
  sandbox.write('locked/access.log', accessLog(5));
  chmodSync(sandbox.folder, 0o777);
  chmodSync(sandbox.path('locked'), 0o000);
  const isRoot = process.getuid?.() === 0;
  const nobody = 65_534;
  const child = spawn(process.execPath, [mainPath, '--file', 'locked'], {
    cwd: sandbox.folder,
    env: {},
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  const output = { stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  chmodSync(sandbox.path('locked'), 0o700);
  if (isRoot && /ERR_MODULE_NOT_FOUND|Cannot find module|EACCES.*main\.ts/.test(output.stderr)) {
    t.skip(`SKIPPED ${mainPath} is not readable for another user`);
    return;
  }
  assert.equal(exitCode, 1, output.stderr);
  assert.match(output.stderr, /locked\S* may not be read by this user/);
});

test('every error of a configuration is listed with its line, at once', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('bad.yml', 'kafka:\n  topc: web_logs\nmonitoring:\n  window_seconds: 0\n  alert_threshold: many\nperformance:\n  batch_size: -5\n');
  for (const args of [['--file', 'x.log'], ['--daemon'], ['config', 'validate'], ['query', 'SELECT 1']]) {
    const result = await sandbox.sluice([...args, '--config', 'bad.yml']);
    assertFailure(
      result,
      2,
      /bad\.yml:2.*kafka\.topc.*topic/,
      /bad\.yml:4.*monitoring\.window_seconds/,
      /bad\.yml:5.*monitoring\.alert_threshold/,
      /bad\.yml:7.*performance\.batch_size/,
    );
  }
  sandbox.write('broken.yml', 'kafka: [unclosed\nsource:\n\t- x\n');
  assertFailure(await sandbox.sluice(['--file', 'x.log', '--config', 'broken.yml']), 2, /broken\.yml:\d/);
});

test('a --config that does not exist is a usage error, for every command', async (t) => {
  const sandbox = await createSandbox(t);
  for (const args of [['--file', 'x.log'], ['--daemon'], ['report'], ['config', 'validate']]) {
    assertFailure(await sandbox.sluice([...args, '--config', 'nowhere.yml']), 2, /nowhere\.yml/);
  }
  assert.ok(!existsSync(sandbox.path('nowhere.yml')));
});

test('usage errors end with 2 and say what to do', async (t) => {
  const sandbox = await createSandbox(t);
  // The app's own tests have the rest; these go through the real arguments of a process.
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--fiel', 'x.log'], /--fiel/],
    [['frobnicate'], /frobnicate/],
    [['--file'], /--file/],
    [['--file', 'x.log', '--set', 'source.fromat=common'], /source\.format/],
    [['--file', 'x.log', '--format', '%h %Q'], /%Q/],
    [['--daemon'], /source\.paths/],
  ];
  for (const [args, pattern] of cases) assertFailure(await sandbox.sluice(args), 2, pattern);
  const nothing = await sandbox.sluice([]);
  assert.equal(nothing.exitCode, 2);
  assert.match(nothing.stderr, /Usage/);
});

test('every command explains itself on stdout', async (t) => {
  const sandbox = await createSandbox(t);
  const { stdout: overview } = await sandbox.sluice(['--help']);
  assert.match(overview, /--file/);
  const commands = ['inspect', 'report', 'query', 'export', 'retention', 'config'];
  for (const command of commands) {
    assert.ok(overview.includes(`\n  ${command} `), command);
    const { exitCode, stdout, stderr } = await sandbox.sluice([command, '--help']);
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /Usage[\s\S]*Options[\s\S]*--config/, command);
  }
});

test('no text names a command that does not exist', async (t) => {
  const sandbox = await createSandbox(t);
  const overview = (await sandbox.sluice(['--help'])).stdout;
  sandbox.write('access.log', Buffer.concat([accessLog(200), Buffer.from('no log line\n')]));
  const run = await sandbox.sluice(['--file', 'access.log']);
  for (const [, command] of `${run.stdout}${run.stderr}`.matchAll(/\bsluice ([a-z]+)\b/g)) {
    assert.ok(overview.includes(`\n  ${command ?? ''} `), `sluice ${command ?? ''} is offered but is no command`);
  }
});

test('a log of another kind is refused before anything is stored; --force keeps it as dead letters', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('error.log', errorLog);
  const refused = await sandbox.sluice(['--file', 'error.log']);
  assertFailure(refused, 1, /error\.log/, /format/i, /--force/);
  const nothing = await sandbox.sluice(['query', 'SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM dead_letters) AS n', '--json']);
  if (nothing.exitCode === 0) assert.equal(nothing.stdout, '{"n":0}\n');

  const forced = await sandbox.sluice(['--file', 'error.log', '--force']);
  assert.equal(forced.exitCode, 0, forced.stderr);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM dead_letters'), [{ n: 50 }]);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM events'), [{ n: 0 }]);
});

test('a format that does not fit is refused with the one that does', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('vhost.log', createLogGenerator({ seed: 402, format: 'vhost_combined', distinctAddresses: 500, distinctPaths: 200 }).buffer(100));
  const refused = await sandbox.sluice(['--file', 'vhost.log', '--format', 'common']);
  assertFailure(refused, 1, /vhost\.log/, /vhost_combined/);
  const { exitCode } = await sandbox.sluice(['--file', 'vhost.log', '--format', 'vhost_combined']);
  assert.equal(exitCode, 0);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM events'), [{ n: 100 }]);
});

test('an empty file is no failure', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('empty.log', '');
  const { exitCode, stderr } = await sandbox.sluice(['--file', 'empty.log']);
  assert.equal(exitCode, 0, stderr);
});

test('a taken port is named', async (t) => {
  const sandbox = await createSandbox(t);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  sandbox.write('access.log', '');
  const config = sandbox.write('c.yml', JSON.stringify({ source: { paths: [sandbox.path('access.log')] } }));
  const result = await sandbox.sluice(['--daemon', '--config', config, '--set', `monitoring.metrics_port=${port}`]);
  assert.equal(result.exitCode, 1, result.stderr);
  assert.ok(result.stderr.includes(`Port ${port}`) && result.stderr.includes('taken'), result.stderr);
  assert.doesNotMatch(result.stderr, /^\s+at .+:\d+/m);
});

test('a query that is no single SELECT is refused, one that fails says where', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('access.log', accessLog(20));
  await sandbox.sluice(['--file', 'access.log']);
  for (const sql of [
    'DROP TABLE events',
    'SELECT 1; SELECT 2',
    "COPY events TO 'stolen.csv'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "ATTACH 'other.db'",
    'INSERT INTO events SELECT * FROM events',
  ]) {
    const result = await sandbox.sluice(['query', sql]);
    assertFailure(result, 2);
  }
  assertFailure(await sandbox.sluice(['query', 'SELECT nonsense FROM events']), 1, /nonsense/);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM events'), [{ n: 20 }]);
  assert.ok(!existsSync(sandbox.path('stolen.csv')));
});

test('a reader that goes away is no failure', async (t) => {
  const sandbox = await createSandbox(t);
  const big = accessLog(60_000);
  sandbox.write('access.log', big.subarray(0, big.indexOf(10, 4_000_000) + 1));
  const stored = await sandbox.sluice(['--file', 'access.log']);
  assert.equal(stored.exitCode, 0, stored.stderr);
  for (const [args, input] of [
    [['inspect'], big],
    [['query', 'SELECT * FROM events', '--json'], null],
    [['query', 'SELECT * FROM events'], null],
  ] as const) {
    const child = spawn(process.execPath, [mainPath, ...args], { cwd: sandbox.folder, env: {} });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    assert.equal(stderr, '', args.join(' '));
    assert.deepEqual([exitCode, signal], [0, null], args.join(' '));
  }
});

test('results go to stdout and nothing else does; colours only where they are wanted', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('access.log', accessLog(500));
  const run = await sandbox.sluice(['--file', 'access.log']);
  assert.match(run.stdout, /500 events/);
  assert.doesNotMatch(run.stdout, /config\.yml|Wrote/);
  assert.match(run.stderr, /Wrote config\/config\.yml/);

  const query = await sandbox.sluice([
    'query',
    'SELECT status, count(*) AS n, 9007199254740993 AS large, NULL AS nothing FROM events GROUP BY 1 ORDER BY 2 DESC',
    '--json',
  ]);
  assert.equal(query.stderr, '');
  assert.ok(parseRows(query.stdout).length > 1);
  assert.match(query.stdout, /"large":9007199254740993,"nothing":null/, 'integers stay exact');

  const json = await sandbox.sluice(['report', '--json']);
  assert.equal(parseRows(json.stdout).length, 1);

  const escape = '\x1b[';
  const report = (env: Record<string, string>): Promise<ProcessResult> => sandbox.sluice(['report'], { env });
  assert.ok(!(await report({})).stdout.includes(escape), 'a pipe gets no colours');
  assert.ok((await report({ FORCE_COLOR: '1' })).stdout.includes(escape));
  assert.ok(!(await report({ FORCE_COLOR: '1', NO_COLOR: '1' })).stdout.includes(escape), 'NO_COLOR wins');
});

test('export writes what is stored, once', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('access.log', accessLog(300));
  await sandbox.sluice(['--file', 'access.log']);
  const { exitCode, stdout, stderr } = await sandbox.sluice(['export', 'events.parquet']);
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /300 events/);
  assert.ok(existsSync(sandbox.path('events.parquet')));
  assertFailure(await sandbox.sluice(['export', 'events.parquet']), 2, /events\.parquet/);
});

test('retention removes what is old and keeps what is not', async (t) => {
  const sandbox = await createSandbox(t);
  const line = (at: Date): string =>
    `203.0.113.9 - - [${String(at.getUTCDate()).padStart(2, '0')}/${at.toUTCString().slice(8, 11)}/${at.getUTCFullYear()}:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n`;
  const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
  sandbox.write('access.log', [line(daysAgo(100)), line(daysAgo(50)), line(daysAgo(5)), line(daysAgo(1))].join(''));
  await sandbox.sluice(['--file', 'access.log']);
  const { exitCode, stdout } = await sandbox.sluice(['retention', '--days', '30']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /Removed 2 events/);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM events'), [{ n: 2 }]);
});
