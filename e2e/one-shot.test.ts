/**
 * `sluice --file`: every line of a log with known truth is stored, or kept as a dead letter, or dropped as blank; once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { createLogGenerator } from '@sluice/testing';

import { createSandbox } from './support/sandbox.ts';
import { objectAt, parseObject } from './support/json-text.ts';
import { assertDeadLettersKept, assertEventsStored, buildTruthLog } from './support/truth-log.ts';

import type { GeneratedFormat } from '@sluice/testing';
import type { Sandbox } from './support/sandbox.ts';

/** Runs `--file --json` and returns what it says of the run. */
async function readLog(sandbox: Sandbox, args: readonly string[], options: { input?: Buffer; exitCode?: number } = {}) {
  const result = await sandbox.sluice(['--json', '--file', ...args], options.input === undefined ? {} : { input: options.input });
  assert.equal(result.exitCode, options.exitCode ?? 0, result.stderr);
  const printed = parseObject(result.stdout);
  const run = objectAt(printed, 'run');
  const sum = (name: string): number => Object.values(objectAt(run, name)).reduce<number>((total, count) => total + Number(count), 0);
  return {
    ...result,
    report: objectAt(printed, 'report'),
    lines: Number(run['lines']),
    stored: Number(run['stored']),
    duplicates: Number(run['duplicates']),
    deadLettered: sum('dead_letters'),
    dropped: sum('dropped'),
  };
}

test('20,000 lines: stored field by field, broken ones kept byte by byte, none twice, however often and in whatever form they are read', async (t) => {
  const sandbox = await createSandbox(t);
  const log = buildTruthLog(20_000, { seed: 101, attackShare: 0.02 });
  assert.ok(log.broken.size > 10 && log.blankLines > 10);
  const path = sandbox.write('logs/access.log', log.bytes);

  const first = await readLog(sandbox, [path]);
  assert.equal(first.lines, 20_000 + log.blankLines);
  assert.equal(first.stored, log.events.size);
  assert.equal(first.deadLettered, log.broken.size);
  assert.equal(first.dropped, log.blankLines);
  assert.equal(first.duplicates, 0);
  assert.equal(first.lines, first.stored + first.deadLettered + first.dropped, 'conservation');
  const totals = objectAt(first.report, 'totals');
  assert.equal(totals['events'], log.events.size);
  assert.equal(totals['dead_letters'], log.broken.size);

  const rows = await assertEventsStored(sandbox, log);
  await assertDeadLettersKept(sandbox, log);
  t.diagnostic('covered: file -> sluice -> DuckDB');

  await t.test('traversals are flagged and ordinary requests are not', () => {
    const flagged = { traversal: 0, ordinary: 0 };
    const seen = { traversal: 0, ordinary: 0 };
    for (const row of rows) {
      const truth = log.events.get(Number(row['log_offset']));
      const kind = truth?.label === 'traversal' ? 'traversal' : truth?.kind;
      if (kind !== 'traversal' && kind !== 'ordinary') continue;
      seen[kind] += 1;
      if (row['security_threat'] === true) flagged[kind] += 1;
    }
    assert.ok(seen.traversal > 30 && seen.ordinary > 10_000);
    assert.deepEqual(flagged, { traversal: seen.traversal, ordinary: 0 });
  });

  await t.test('the same file again is all duplicates', async () => {
    const again = await readLog(sandbox, [path]);
    assert.equal(again.stored, 0);
    assert.equal(again.duplicates, log.events.size + log.broken.size);
  });

  await t.test('its rotated and compressed copies hold nothing new', async () => {
    const copies = [
      sandbox.write('logs/access.log.1.gz', gzipSync(log.bytes)),
      sandbox.write('logs/access.log-20261122.zst', zstdCompressSync(log.bytes)),
    ];
    const again = await readLog(sandbox, copies);
    assert.equal(again.lines, 2 * first.lines);
    assert.equal(again.stored, 0);
  });

  await assertEventsStored(sandbox, log);
  await assertDeadLettersKept(sandbox, log);
});

for (const [format, seed] of [
  ['vhost_combined', 102],
  ['common', 103],
  ['combinedio', 104],
] as const satisfies readonly [GeneratedFormat, number][]) {
  test(`${format} is recognised and read field by field, its last line without a line end too`, async (t) => {
    const sandbox = await createSandbox(t);
    const log = buildTruthLog(3000, { seed, format });
    const withoutEnd = log.bytes.subarray(0, log.bytes.at(-2) === 13 ? -2 : -1);
    const run = await readLog(sandbox, [sandbox.write('access.log', withoutEnd)]);
    assert.equal(run.lines, 3000 + log.blankLines);
    await assertEventsStored(sandbox, log);
    await assertDeadLettersKept(sandbox, log);
  });
}

test('a compressed file of several members is read to its end', async (t) => {
  const sandbox = await createSandbox(t);
  const log = buildTruthLog(3000, { seed: 105 });
  const [one, two, three] = [log.bytes.subarray(0, 100_001), log.bytes.subarray(100_001, 333_333), log.bytes.subarray(333_333)];
  const members = Buffer.concat([one, two, three].map((part) => gzipSync(part)));
  const run = await readLog(sandbox, [sandbox.write('access.log.gz', members)]);
  assert.equal(run.stored, log.events.size);
  const frames = Buffer.concat([one, two, three].map((part) => zstdCompressSync(part)));
  const again = await readLog(sandbox, [sandbox.write('access.log.zst', frames)]);
  assert.equal(again.lines, run.lines);
  assert.equal(again.stored, 0);
  await assertEventsStored(sandbox, log);
});

test('of a truncated .gz the readable part is kept, the damage is reported, and the whole copy completes it', async (t) => {
  const sandbox = await createSandbox(t);
  const log = buildTruthLog(5000, { seed: 106 });
  const packed = gzipSync(log.bytes);
  const cut = await readLog(sandbox, [sandbox.write('access.log.gz', packed.subarray(0, Math.floor(packed.length * 0.6)))], { exitCode: 1 });
  assert.match(cut.stderr, /access\.log\.gz/);
  assert.match(cut.stderr, /cut off|truncated|damaged|ends/i);
  assert.ok(cut.stored > 0.5 * log.events.size && cut.stored < 0.7 * log.events.size, `${cut.stored} of ${log.events.size} stored`);

  sandbox.write('access.log.gz', packed);
  const whole = await readLog(sandbox, [sandbox.path('access.log.gz')]);
  assert.equal(cut.stored + whole.stored, log.events.size);
  await assertEventsStored(sandbox, log);
  await assertDeadLettersKept(sandbox, log);
});

test('standard input is read like a file, and twice stores it once', async (t) => {
  const sandbox = await createSandbox(t);
  const log = buildTruthLog(3000, { seed: 107 });
  const first = await readLog(sandbox, ['-'], { input: log.bytes });
  assert.equal(first.stored, log.events.size);
  await assertEventsStored(sandbox, log);
  const again = await readLog(sandbox, ['-'], { input: log.bytes });
  assert.equal(again.stored, 0);
  await assertEventsStored(sandbox, log);
  await assertDeadLettersKept(sandbox, log);
});

test('a file that was replaced by another with the same name and first line loses nothing', async (t) => {
  const sandbox = await createSandbox(t);
  const [one, two] = [108, 109].map((seed) => createLogGenerator({ seed, distinctAddresses: 500, distinctPaths: 200 }).buffer(1000));
  const first = Buffer.from('203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET /first HTTP/1.1" 200 5 "-" "curl/8.5.0"\n');
  for (const [content, stored, duplicates] of [
    [one!, 1001, 0],
    [two!, 1000, 1],
    [Buffer.concat([one!, two!]), 1000, 1001],
  ] as const) {
    const run = await readLog(sandbox, [sandbox.write('access.log', Buffer.concat([first, content]))]);
    assert.deepEqual([run.stored, run.duplicates], [stored, duplicates]);
  }
});

test('several files, a folder and a glob at once: each file once, and an error log in the folder is left out', async (t) => {
  const sandbox = await createSandbox(t);
  const logs = [201, 202, 203].map((seed) => buildTruthLog(300, { seed }));
  const paths = logs.map((log, index) => sandbox.write(`logs/site${index}-access.log`, log.bytes));
  sandbox.write('logs/error.log', '[Sun Nov 22 13:55:36.214133 2026] [core:error] [pid 1:tid 2] AH00082: no\n'.repeat(20));
  const run = await readLog(sandbox, ['logs', paths[0]!, 'logs/*-access.log']);
  const wanted = logs.reduce((sum, log) => sum + log.events.size, 0);
  assert.equal(run.stored, wanted);
  const rows = await sandbox.query('SELECT log_file, count(*) AS n FROM events GROUP BY 1 ORDER BY 1');
  assert.deepEqual(
    rows,
    logs.map((log, index) => ({ log_file: paths[index], n: log.events.size })),
  );
});
