/**
 * Detection as the operator has it: rules of a file, through the real command.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { waitFor } from '@sluice/testing';

import { startDaemon, waitForEvents, writeDaemonConfig } from './support/daemon.ts';
import { parseObject } from './support/json-text.ts';
import { createSandbox } from './support/sandbox.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const lineOf = (target: string, address = '203.0.113.9'): string =>
  `${address} - - [22/Nov/2026:13:55:36 +0000] "GET ${target} HTTP/1.1" 200 5 "-" "${firefox}"\n`;

const goodRules = `rules:
  - id: LOCAL-001
    class: old-admin
    score: 6
    fields: [path]
    contains: [/old-admin]
    place: start
    matches: [/old-admin/x]
    honest: [/new/old-admin]
silence:
  - class: sqli
    path_prefix: /course/
`;
const sqlInjection = "id=1'+union+select+password+from+users--";

test('a rules file adds and silences; a broken one is refused at the start with its lines', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('rules.yml', goodRules);
  sandbox.write('access.log', lineOf('/old-admin/x') + lineOf(`/course/1?${sqlInjection}`) + lineOf(`/shop?${sqlInjection}`) + lineOf('/plain'));
  const run = await sandbox.sluice(['--file', 'access.log', '--set', 'security.rules_file=rules.yml']);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.deepEqual(await sandbox.query('SELECT path, security_threat AS threat FROM events ORDER BY path'), [
    { path: '/course/1', threat: false },
    { path: '/old-admin/x', threat: true },
    { path: '/plain', threat: false },
    { path: '/shop', threat: true },
  ]);

  sandbox.write('broken.yml', 'rules:\n  - id: lower\n    score: 70\n    contains: /x\nsilence:\n  - class: nothing\n');
  for (const args of [['--file', 'access.log'], ['config', 'validate'], ['inspect']]) {
    const { exitCode, stderr } = await sandbox.sluice([...args, '--set', 'security.rules_file=broken.yml'], { input: '' });
    assert.equal(exitCode, 2, stderr);
    for (const line of [2, 3, 6]) assert.match(stderr, new RegExp(`broken\\.yml:${line}: `)); // eslint-disable-line security/detect-non-literal-regexp -- numbers of the test
  }
});

test('`rules test` runs the examples: 0, 1 with each that fails, 2 for a file with errors', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('rules.yml', goodRules);
  const good = await sandbox.sluice(['rules', 'test', 'rules.yml']);
  assert.equal(good.exitCode, 0, good.stderr + good.stdout);
  sandbox.write('wrong.yml', goodRules.replace('[/new/old-admin]', '[/old-admin]'));
  const wrong = await sandbox.sluice(['rules', 'test', 'wrong.yml', '--json']);
  assert.equal(wrong.exitCode, 1, wrong.stderr);
  assert.deepEqual(parseObject(wrong.stdout)['failures'], [{ rule: 'LOCAL-001', wanted: 'no match', field: 'path', text: '/old-admin' }]);
  sandbox.write('broken.yml', 'rules: 3\n');
  const broken = await sandbox.sluice(['rules', 'test', 'broken.yml']);
  assert.equal(broken.exitCode, 2);
  assert.match(broken.stderr, /broken\.yml:1: rules: /);
});

test('a daemon takes over a new rules file, and keeps the old one while a new one is broken', async (t) => {
  const sandbox = await createSandbox(t);
  const rules = sandbox.write('rules.yml', goodRules);
  const log = sandbox.write('access.log', lineOf('/old-admin/1'));
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log], security: { rules_file: rules } }));
  await waitForEvents(sandbox, 1);
  sandbox.write('rules.yml', 'silence:\n  - class: nothing\n');
  await waitFor(() => daemon.logLines().some(({ message }) => /rules\.yml:2: .*stay in force/s.test(String(message))), 20_000);
  sandbox.write('access.log', lineOf('/old-admin/1') + lineOf('/old-admin/2'));
  await waitForEvents(sandbox, 2);
  sandbox.write('rules.yml', goodRules.replaceAll('/old-admin', '/elsewhere'));
  await waitFor(() => daemon.logLines().some(({ message }) => String(message).includes('in force') && !String(message).includes('stay')), 20_000);
  sandbox.write('access.log', lineOf('/old-admin/1') + lineOf('/old-admin/2') + lineOf('/old-admin/3'));
  await waitForEvents(sandbox, 3);
  await daemon.stop();
  assert.deepEqual(await sandbox.query('SELECT path, security_threat AS threat FROM events ORDER BY path'), [
    { path: '/old-admin/1', threat: true },
    { path: '/old-admin/2', threat: true },
    { path: '/old-admin/3', threat: false },
  ]);
});

test('secrets are nowhere: not in what is stored, set aside, shown, exported or logged', async (t) => {
  const sandbox = await createSandbox(t);
  const secret = 'hunter2';
  const log =
    lineOf(`/login?user=ann&password=${secret}`) +
    lineOf(`/shop;jsessionid=${secret}?q=../../../etc/passwd&api_key=${secret}`) +
    `203.0.113.9 - - [22/Nov/2026:13:55:37 +0000] "GET /r HTTP/1.1" 200 5 "https://a.example/?token=${secret}&x=1" "${firefox}"\n` +
    `203.0.113.9 - - [22/Nov/2026:13:55:37 +0000] "GET /a b?sid=${secret} HTTP/1.1" 400 5 "-" "${firefox}"\n` +
    `no log line but ?password=${secret} from 203.0.113.9\n`;
  sandbox.write('access.log', log);
  const settings = ['--set', 'security.anonymize_addresses=truncate'];
  const outputs: string[] = [];
  for (const args of [
    ['--file', 'access.log', '--force', ...settings, '--set', 'logging.level=debug'],
    ['inspect', ...settings],
    ['query', 'SELECT * FROM events', '--json'],
    ['query', 'SELECT * FROM dead_letters', '--json'],
    ['report', '--json'],
    ['export', 'out'],
  ]) {
    const { exitCode, stdout, stderr } = await sandbox.sluice(args, { input: log });
    assert.equal(exitCode, 0, `${args.join(' ')}: ${stderr}`);
    outputs.push(stdout, stderr);
  }
  assert.deepEqual(await sandbox.query("SELECT path, query, ip_address FROM events WHERE path = '/login'"), [
    { path: '/login', query: 'user=ann&password=***', ip_address: '203.0.113.0' },
  ]);
  const [letter] = await sandbox.query('SELECT raw FROM dead_letters');
  assert.deepEqual(letter, { raw: 'no log line but ?password=*** from 203.0.113.0' });
  const files = readdirSync(sandbox.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && file.name !== 'access.log');
  assert.ok(files.length > 1);
  outputs.push(...files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1')));
  for (const output of outputs) {
    assert.doesNotMatch(output, /hunter2/);
    assert.doesNotMatch(output, /203\.0\.113\.9/);
  }
});

test('a bot outside the ranges of its operator is false; without a list nothing is known', async (t) => {
  const sandbox = await createSandbox(t);
  const visit = (address: string, agent: string): string => lineOf('/', address).replace(firefox, agent);
  const google = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  sandbox.write('bots/googlebot.json', '{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}');
  const bing = 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)';
  sandbox.write('access.log', visit('192.0.2.9', google) + visit('203.0.113.9', google) + visit('203.0.113.10', bing));
  const { exitCode, stderr } = await sandbox.sluice(['--file', 'access.log', '--set', 'security.bot_ranges=["bots", "bots/missing.json"]']);
  assert.equal(exitCode, 0);
  assert.equal(stderr.split('missing.json cannot be read').length, 2, stderr);
  assert.deepEqual(await sandbox.query('SELECT ip_address AS ip, bot_claim AS claim, security_threat AS threat FROM events ORDER BY ip'), [
    { ip: '192.0.2.9', claim: 'verified', threat: false },
    { ip: '203.0.113.10', claim: 'unknown', threat: false },
    { ip: '203.0.113.9', claim: 'spoofed', threat: true },
  ]);
});

test('a scan, guesses of a password: one alert each, whatever else the requests are', async (t) => {
  const sandbox = await createSandbox(t);
  const answer = (target: string, status: number): string => lineOf(target, '203.0.113.66').replace('" 200 5', `" ${status} 5`);
  const scan = Array.from({ length: 60 }, (_, index) => answer(`/page-${index}`, 404)).join('');
  const login = Array.from({ length: 30 }, () => answer('/account', 401)).join('');
  const log = sandbox.write('access.log', scan + login + lineOf('/missing').repeat(50));
  const daemon = await startDaemon(sandbox, writeDaemonConfig(sandbox, { paths: [log] }));
  await waitForEvents(sandbox, 140);
  await waitFor(async () => (await daemon.metrics()).get('sluice_alerts_total') === 2);
  await daemon.stop();
  const alerts = daemon.logLines().filter(({ logger }) => logger === 'alerts');
  const told = alerts.map(({ message }) => String(message).replace(/\d+/, 'n')).sort();
  assert.deepEqual(told, [
    'Alert: n different missing pages asked for from 203.0.113.66 within 300 s',
    'Alert: n failed logins from 203.0.113.66 within 300 s',
  ]);
});
