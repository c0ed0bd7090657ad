/**
 * The configuration as users meet it: the documented example, the first run, overlays, secrets.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { createLogGenerator } from '@sluice/testing';

import { startDaemon, writeDaemonConfig } from './support/daemon.ts';
import { createSandbox } from './support/sandbox.ts';

const accessLog = createLogGenerator({ seed: 801, distinctAddresses: 200, distinctPaths: 100 }).buffer(100);

/** As it has been published; it must go on loading exactly like this. */
const publishedExample = `kafka:
  bootstrap_servers: ['localhost:9092']
  topic: 'web_logs'
elasticsearch:
  host: 'http://localhost:9200'
  index: 'web_logs'
  bulk_size: 100
redis:
  host: 'localhost'
  port: 6379
  db: 0
monitoring:
  alert_threshold: 100
  window_seconds: 300
  metrics_port: 8000
security:
  enable_geo_enrichment: true
  enable_threat_detection: true
performance:
  max_workers: 4
  batch_size: 100
  rate_limit: 1000
`;

test('the published example runs on one machine and says once which settings are for the services', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('access.log', accessLog);
  sandbox.write('c.yml', publishedExample);
  const run = await sandbox.sluice(['--config', 'c.yml', '--file', 'access.log']);
  assert.equal(run.exitCode, 0, run.stderr);
  const notices = run.stderr.split('\n').filter((line) => /kafka|elasticsearch/.test(line));
  assert.equal(notices.length, 1, run.stderr);
  assert.match(notices[0]!, /kafka and elasticsearch .*services/);
  assert.match(run.stdout, /100 events/);
  const valid = await sandbox.sluice(['config', 'validate', '--config', 'c.yml']);
  assert.equal(valid.exitCode, 0);
  assert.match(valid.stdout, /valid/);
});

test('the first run writes a commented configuration that is what is in force, and never overwrites it', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('access.log', accessLog);
  const path = sandbox.path('config/config.yml');
  const first = await sandbox.sluice(['--file', 'access.log']);
  assert.equal(first.exitCode, 0, first.stderr);
  const written = readFileSync(path, 'utf8');
  for (const key of ['batch_size:', 'alert_threshold:', 'paths:', 'directory:']) assert.ok(written.includes(key), key);
  assert.ok(written.split('\n').filter((line) => line.trimStart().startsWith('#')).length > 30, 'comments'); // prettier-ignore
  const valid = await sandbox.sluice(['config', 'validate', '--config', path]);
  assert.equal(valid.exitCode, 0, valid.stderr);
  assert.equal(valid.stderr, '', 'what we write ourselves needs no notice');

  const own = written.replace(/^(\s*)#?\s*batch_size: .*$/m, '$1batch_size: 77');
  writeFileSync(path, own);
  await sandbox.sluice(['--file', 'access.log']);
  assert.equal(readFileSync(path, 'utf8'), own);
  const printed = await sandbox.sluice(['config', 'print']);
  assert.match(printed.stdout, /batch_size: 77/);
  assert.equal((await sandbox.sluice(['config', 'init'])).exitCode !== 0, true, 'init does not overwrite');
  assert.equal((await sandbox.sluice(['config', 'init', 'other.yml'])).exitCode, 0);
  assert.equal(readFileSync(sandbox.path('other.yml'), 'utf8'), written);
});

test('defaults, file, overlay, environment and flags: the later one wins', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('c.yml', 'performance:\n  batch_size: 11\n  max_workers: 2\n  rate_limit: 5000\nstate:\n  directory: from-file\n');
  sandbox.write('c.production.yml', 'performance:\n  max_workers: 3\n');
  const env = { SLUICE_ENV: 'production', SLUICE_PERFORMANCE__RATE_LIMIT: '7000', SLUICE_STATE__DIRECTORY: 'from-env' };
  const print = await sandbox.sluice(['config', 'print', '--config', 'c.yml', '--set', 'state.directory=from-flag'], { env });
  assert.equal(print.exitCode, 0, print.stderr);
  for (const line of ['batch_size: 11', 'max_workers: 3', 'rate_limit: 7000', 'directory: from-flag', 'bulk_size: 1000']) {
    assert.ok(print.stdout.includes(line), `${line} in\n${print.stdout}`);
  }
  sandbox.write('access.log', accessLog);
  await sandbox.sluice(['--file', 'access.log', '--config', 'c.yml'], { env });
  assert.ok(existsSync(sandbox.path('from-env/sluice.duckdb')));
  assert.ok(!existsSync(sandbox.path('from-file')));

  const typo = await sandbox.sluice(['config', 'validate', '--config', 'c.yml'], { env: { SLUICE_PERFORMANCE__BATCHSIZE: '5' } });
  assert.equal(typo.exitCode, 2);
  assert.match(typo.stderr, /SLUICE_PERFORMANCE__BATCH_SIZE/);
});

test('secrets are used and never shown', async (t) => {
  const sandbox = await createSandbox(t);
  const secrets = ['token-4711-from-env', 'token-0815-from-file', 'token-1234-in-plain'];
  sandbox.write('access.log', accessLog);
  sandbox.write('hook.txt', `http://127.0.0.1:9/${secrets[1]!}\n`);
  sandbox.write('env.yml', 'monitoring:\n  alert_webhook: http://127.0.0.1:9/${HOOK_TOKEN}\n  alert_threshold: 1\n');
  sandbox.write('file.yml', 'monitoring:\n  alert_webhook: { file: hook.txt }\n  alert_threshold: 1\n');
  sandbox.write('plain.yml', `monitoring:\n  alert_webhook: http://127.0.0.1:9/${secrets[2]!}\n  alert_threshold: 1\n`);
  sandbox.write('wrong.yml', 'monitoring:\n  alert_webhook: not-a-url-${HOOK_TOKEN}\n  metrics_port: ${HOOK_TOKEN}\n');
  sandbox.write(
    'attack.log',
    '203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET /?q=%27%20UNION%20SELECT%20password%20FROM%20users--%20- HTTP/1.1" 200 5 "-" "-"\n'.repeat(3),
  );
  const env = { HOOK_TOKEN: secrets[0]! };
  for (const config of ['env.yml', 'file.yml', 'plain.yml', 'wrong.yml']) {
    for (const args of [
      ['config', 'print'],
      ['config', 'validate'],
      ['--file', 'attack.log', '--set', 'logging.level=debug', '--set', `state.directory=data-${config}`],
    ]) {
      const { exitCode, stdout, stderr } = await sandbox.sluice([...args, '--config', config], { env });
      assert.equal(exitCode, config === 'wrong.yml' ? 2 : 0, stderr);
      for (const secret of secrets)
        assert.ok(!`${stdout}${stderr}`.includes(secret), `${args.join(' ')} with ${config} shows ${secret}:\n${stdout}${stderr}`);
    }
  }
  const missing = await sandbox.sluice(['config', 'validate', '--config', 'env.yml']);
  assert.equal(missing.exitCode, 2);
  assert.match(missing.stderr, /HOOK_TOKEN/);
});

test('folders with odd and long names work, for a run and for asking a daemon through its socket', async (t) => {
  const sandbox = await createSandbox(t);
  const state = `it's "état" 100% \\ ${'deep/'.repeat(30)}state`;
  const log = sandbox.write(`lo'gs ü/access.log`, accessLog);
  const flags = ['--set', `state.directory=${state}`];
  const run = await sandbox.sluice(['--file', log, ...flags]);
  assert.equal(run.exitCode, 0, run.stderr);
  const config = writeDaemonConfig(sandbox, { paths: [log] });
  const daemon = await startDaemon(sandbox, config, flags);
  assert.deepEqual(await sandbox.query('SELECT count(*) AS n FROM events', flags), [{ n: 100 }]);
  const exported = await sandbox.sluice(['export', `o'ut "ü".parquet`, ...flags]);
  assert.equal(exported.exitCode, 0, exported.stderr);
  assert.ok(existsSync(sandbox.path(`o'ut "ü".parquet`)));
  await daemon.stop();
});

test('settings that change what is found: no threat detection, no locations', async (t) => {
  const sandbox = await createSandbox(t);
  sandbox.write('access.log', '8.8.8.8 - - [22/Nov/2026:13:55:36 +0000] "GET /../../etc/passwd HTTP/1.1" 200 5 "-" "curl/8.5.0"\n');
  const flags = [
    '--set',
    'security.enable_threat_detection=false',
    '--set',
    'security.enable_geo_enrichment=false',
    '--set',
    'security.enable_bot_detection=false',
  ];
  await sandbox.sluice(['--file', 'access.log', ...flags]);
  const fields = 'security_threat, geo_country, is_bot';
  assert.deepEqual(await sandbox.query(`SELECT ${fields} FROM events`), [{ security_threat: null, geo_country: null, is_bot: null }]);
  await sandbox.sluice(['--file', 'access.log', '--set', 'state.directory=other']);
  assert.deepEqual(await sandbox.query(`SELECT ${fields} FROM events`, ['--set', 'state.directory=other']), [{ security_threat: true, geo_country: 'United States', is_bot: true }]); // prettier-ignore
});
