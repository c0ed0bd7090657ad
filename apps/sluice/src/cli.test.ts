import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';

import { runCli } from './cli.ts';

/** Runs a command line that needs no state, and returns what it wrote. */
async function run(...args: string[]) {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const exitCode = await runCli(args, { ...streams, env: {} }, new AbortController().signal);
  const text = (stream: PassThrough): string => ((stream.read() as Buffer | null) ?? '').toString();
  return { exitCode, stdout: text(streams.stdout), stderr: text(streams.stderr) };
}

test('help goes to stdout and succeeds, for every command', async () => {
  const overview = await run('--help');
  assert.equal(overview.exitCode, 0);
  for (const name of ['inspect', 'report', 'query', 'export', 'retention', 'rules', 'config']) {
    assert.match(overview.stdout, new RegExp(`^  ${name} `, 'm')); // eslint-disable-line security/detect-non-literal-regexp -- names of the test
    const help = await run(name, '--help');
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, new RegExp(`sluice ${name}`)); // eslint-disable-line security/detect-non-literal-regexp -- names of the test
    assert.equal(help.stderr, '');
  }
});

test('no arguments explain themselves on stderr and count as a usage error', async () => {
  const { exitCode, stdout, stderr } = await run();
  assert.deepEqual([exitCode, stdout], [2, '']);
  assert.match(stderr, /--file/);
});

test('a mistake costs exit code 2 and one message that says what to do', async () => {
  for (const [args, expected] of [
    [['frobnicate'], /no command "frobnicate"/],
    [['access.log'], /sluice --file access\.log/],
    [['--frobnicate'], /Unknown option '--frobnicate'/],
    [['query'], /in quotes/],
    [['report', '--from', 'yesterday'], /--from needs a time/],
    [['report', '--top', '0'], /1 to 1000/],
    [['report', '--from', '2026-02-31'], /--from needs a time/],
    [['report', '--to', '2026-11-22 13:00 +01:00 or so'], /--to needs a time/],
    [['retention', '--days', 'x'], /how many days/],
    [['retention', '--days', '99999999999'], /how many days/],
    [['--file', ''], /file name is empty/],
    [['config', 'validate', '--set', 'source.format=%Q'], /command line: source\.format: .*%Q/],
    [['--daemon', '--file', 'x'], /not both/],
    [['rules'], /test or list/],
    [['rules', 'test', '/nonexistent/rules.yml'], /cannot be read/],
    [['config'], /init, validate or print/],
    [['inspect', '--set', 'nonsense'], /KEY=VALUE/],
    [['inspect', '--config', '/nonexistent/config.yml'], /does not exist/],
  ] as const) {
    const { exitCode, stdout, stderr } = await run(...args);
    assert.equal(exitCode, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /\n\s+at /, 'a stack trace');
  }
});

test('the version is that of Sluice, whatever npm runs it', async () => {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  await runCli(['--version'], { ...streams, env: { npm_package_version: '99.0.0' } }, new AbortController().signal);
  const text = String(streams.stdout.read());
  assert.match(text, /^sluice \d+\.\d+\.\d+\n$/);
  assert.doesNotMatch(text, /99/);
});

test('what is not there is not made by asking to clean it up', async () => {
  const { exitCode, stderr } = await run('retention', '--days', '3', '--set', 'state.directory=/nonexistent/state');
  assert.equal(exitCode, 1);
  assert.match(stderr, /Nothing is stored yet/);
});

test('what was typed cannot steer the terminal through an error message', async () => {
  const { stderr } = await run('\u001b]0;owned\u0007');
  assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f]/); // eslint-disable-line no-control-regex -- what must not be there
});
