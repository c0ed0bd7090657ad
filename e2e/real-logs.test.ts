/**
 * Real logs, through the command into the store, against an independent reading and hand-written truth.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { readReference } from './support/reference-reading.ts';
import { createSandbox, workspaceRoot } from './support/sandbox.ts';

import type { TestContext } from 'node:test';
import type { JsonObject } from './support/json-text.ts';
import type { Reading, ReferenceFormat } from './support/reference-reading.ts';
import type { Sandbox } from './support/sandbox.ts';

const folder = join(workspaceRoot, '../shared/data/logs');

interface RealLog {
  readonly file: string;
  readonly format: ReferenceFormat;
  readonly lines: number;
  readonly deadLetters: number;
}

const logs: readonly RealLog[] = [
  // One line is cut off inside its user agent.
  { file: 'elastic_apache.log', format: 'combined', lines: 10_000, deadLetters: 1 },
  { file: 'smallsites_combined.log', format: 'combined', lines: 865, deadLetters: 0 },
  { file: 'smallsites_common.log', format: 'common', lines: 940, deadLetters: 0 },
  { file: 'smallsites_vhost.log', format: 'vhost_combined', lines: 801, deadLetters: 0 },
];

const compared = ['timestamp', 'ip_address', 'method', 'path', 'query', 'protocol', 'status', 'bytes_sent', 'referer', 'user_agent', 'host', 'port'] as const satisfies readonly (keyof Reading)[]; // prettier-ignore

for (const log of logs) {
  test(`${log.file} is stored as an independent reading has it`, async (t) => {
    const sandbox = await readInto(t, [log.file]);
    if (sandbox === null) return;
    const rows = await sandbox.query('SELECT * FROM events ORDER BY log_offset');
    const letters = await sandbox.query('SELECT * FROM dead_letters');
    assert.equal(rows.length, log.lines - log.deadLetters);
    assert.equal(letters.length, log.deadLetters);

    let offset = 0;
    let next = 0;
    const unread: string[] = [];
    for (const line of readFileSync(join(folder, log.file), 'latin1').split('\n').slice(0, -1)) {
      const reading = readReference(log.format, line);
      if (reading === null) unread.push(line);
      else assertReading(rows[next++], reading, offset, line);
      offset += line.length + 1;
    }
    assert.deepEqual(letters.map(({ raw }) => raw), unread); // prettier-ignore
  });
}

function assertReading(row: JsonObject | undefined, reading: Reading, offset: number, line: string): void {
  assert.equal(row?.['log_offset'], offset, line);
  const stored = Object.fromEntries(compared.map((name) => [name, row[name] ?? null]));
  assert.deepEqual(stored, { ...reading }, line);
}

test('notable lines mean what a person reads in them', async (t) => {
  const sandbox = await readInto(t, logs.map(({ file }) => file)); // prettier-ignore
  if (sandbox === null) return;

  const [letter] = await sandbox.query('SELECT reason, raw FROM dead_letters');
  assert.equal(letter?.['reason'], 'unparsable');
  assert.ok(
    String(letter['raw']).startsWith('46.118.127.106 - - [20/May/2015:12:05:17 +0000] "GET /scripts/grok-py-test/configlib.py HTTP/1.1" 200 235'),
  );

  const timeouts = await sandbox.query(`SELECT count(*) AS n, count(method) AS methods, count(path) AS paths, count(user_agent) AS agents
    FROM events WHERE status = 408 AND log_file LIKE '%smallsites_%' AND path IS NULL`);
  assert.deepEqual(timeouts, [{ n: 29 + 53, methods: 0, paths: 0, agents: 0 }], 'nothing arrived: no request');

  const [quoted] = await sandbox.query(`SELECT * FROM events WHERE ip_address = '47.121.131.145' AND query LIKE '%config-create%'`);
  assert.equal(quoted?.['path'], '/index.php');
  assert.equal(quoted['query'], 'lang=../../../../../../../../usr/local/lib/php/pearcmd&+config-create+/&/<?echo(md5("hi"));?>+/tmp/index1.php');
  assert.equal(quoted['status'], 404);
  assert.equal(quoted['security_threat'], true);

  const referers = await sandbox.query(`SELECT DISTINCT referer FROM events WHERE ip_address IN ('201.242.142.135', '186.93.30.106', '186.93.16.149') AND path = '/files/logstash/' AND referer LIKE 'http://%/'`); // prettier-ignore
  // The bytes are Windows-1251, which no one can know; Latin-1 keeps each of them.
  assert.deepEqual(referers, [{ referer: Buffer.from('687474703a2f2fe4e5e3f2fff0edeee52decfbebee2ef0f42f', 'hex').toString('latin1') }]);

  const [first] = await sandbox.query(`SELECT timestamp, ip_address, bytes_sent, geo_country_code, browser, is_bot, security_threat FROM events
    WHERE log_file LIKE '%elastic_apache.log' ORDER BY log_offset LIMIT 1`);
  assert.equal(first?.['timestamp'], '2015-05-17T10:05:03Z');
  assert.equal(first['ip_address'], '83.149.9.216');
  assert.equal(first['bytes_sent'], 203_023);
  assert.equal(first['geo_country_code'], 'RU');
  assert.equal(first['browser'], 'Chrome');
  assert.deepEqual([first['is_bot'], first['security_threat']], [false, false]);

  const [hosts] = await sandbox.query(`SELECT count(*) AS n FROM events WHERE host IS NOT NULL AND port IS NOT NULL`);
  assert.deepEqual(hosts, { n: 801 });
});

/** Reads the files by one run; null, said aloud, when they are not there. */
async function readInto(t: TestContext, files: readonly string[]): Promise<Sandbox | null> {
  if (!existsSync(folder)) {
    console.log(`SKIPPED ${folder}`);
    t.skip(`SKIPPED ${folder}`);
    return null;
  }
  const sandbox = await createSandbox(t);
  // Real logs hold session ids; here every character counts.
  const { exitCode, stderr } = await sandbox.sluice(['--set', 'security.mask=[]', '--file', ...files.map((file) => join(folder, file))]);
  assert.equal(exitCode, 0, stderr);
  return sandbox;
}
