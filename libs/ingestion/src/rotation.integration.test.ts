import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { createBench, logLine, logLines, range, setUp, until } from './ingestion-fixture.ts';

import type { Bench, Setup, SetupOptions } from './ingestion-fixture.ts';

let bench: Bench;
let running: Setup[] = [];
beforeEach(() => {
  bench = createBench();
});
afterEach(async () => {
  for (const { ingestion } of running) await ingestion.stop(1000);
  running = [];
  bench.remove();
});

async function follow(options: SetupOptions): Promise<Setup> {
  const setup = setUp(bench, options);
  running.push(setup);
  await setup.ingestion.start();
  return setup;
}

/** Every number once, none else; and the ids are distinct. */
async function expectExactly(setup: Setup, numbers: readonly number[]): Promise<void> {
  const { publisher } = setup;
  await until(
    () => publisher.events.length >= numbers.length,
    () => `${publisher.events.length} of ${numbers.length} events; ${JSON.stringify(setup.logger.lines)}`,
  );
  assert.deepEqual(
    publisher.numbers.toSorted((a, b) => a - b),
    numbers,
  );
  assert.equal(new Set(publisher.events.map((event) => event.event_id)).size, numbers.length);
  assert.deepEqual(publisher.letters, []);
}

async function seen(setup: Setup, count: number): Promise<void> {
  await until(
    () => setup.publisher.events.length >= count,
    () => `${setup.publisher.events.length} of ${count} events; ${JSON.stringify(setup.logger.lines)}`,
  );
}

/** Waits until the checkpoint says of a file that it was read to its end. */
async function finished(name: string): Promise<void> {
  const isFinished = (): boolean => {
    const text = readFileSync(join(bench.state, 'checkpoint.json'), 'utf8');
    const checkpoint = JSON.parse(text) as { generations: { path: string; finished: unknown }[] };
    return checkpoint.generations.some(({ path, finished: end }) => path === bench.path(name) && end !== null);
  };
  await until(isFinished, () => `${name} is not finished`);
}

describe('following one file', () => {
  test('lines appended later are published, an unfinished one when it is finished', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 3) + logLine(3).slice(0, 40));
    const setup = await follow({ paths: [log] });
    await seen(setup, 3);
    appendFileSync(log, `${logLine(3).slice(40)}\r\n${logLines(4, 10)}`);
    await expectExactly(setup, range(0, 10));
  });

  test('a file that comes later is found', async () => {
    const log = bench.path('access.log');
    const setup = await follow({ paths: [log] });
    assert.equal(setup.ingestion.status().sources[0]?.lastError?.code, 'SOURCE_UNREADABLE');
    writeFileSync(log, logLines(0, 5));
    await expectExactly(setup, range(0, 5));
    await until(
      () => setup.ingestion.status().sources[0]?.lastError === null,
      () => 'the error stays',
    );
    assert.equal(setup.logger.lines.filter((line) => line.level === 'warn').length, 1);
  });

  test('an empty file that grows is read', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, '');
    const setup = await follow({ paths: [log] });
    appendFileSync(log, logLines(0, 5));
    await expectExactly(setup, range(0, 5));
  });
});

describe('rotation while running', () => {
  test('rename and create, with late writes into the old file', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 100));
    const setup = await follow({ paths: [log] });
    await seen(setup, 100);
    const old = openSync(log, 'a');
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(200, 250));
    writeSync(old, logLines(100, 150));
    await seen(setup, 200);
    // Later than the file was looked at, and after it was closed: its new size is noticed.
    await until(
      () => setup.telemetry.rotations.includes('renamed'),
      () => 'no rotation seen',
    );
    await until(
      () => setup.ingestion.status().sources[0]?.files === 1,
      () => 'the old file stays open',
    );
    writeSync(old, logLines(150, 200));
    closeSync(old);
    await expectExactly(setup, range(0, 250));
  });

  test('several renames between two looks: the middle file is not missed', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const setup = await follow({ paths: [log] });
    await seen(setup, 10);
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(10, 20));
    renameSync(bench.path('access.log.1'), bench.path('access.log.2'));
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(20, 30));
    await expectExactly(setup, range(0, 30));
  });

  test('an unfinished last line of a rotated file is taken when nobody finishes it', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 5) + logLine(5));
    const setup = await follow({ paths: [log] });
    await seen(setup, 5);
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(6, 8));
    await expectExactly(setup, range(0, 8));
  });

  test('copytruncate: what was not read before the truncation comes from the copy', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 50));
    const setup = await follow({ paths: [log] });
    await seen(setup, 50);
    appendFileSync(log, logLines(50, 60));
    copyFileSync(log, bench.path('access.log.1'));
    truncateSync(log, 0);
    appendFileSync(log, logLines(60, 70));
    await expectExactly(setup, range(0, 70));
    assert.ok(setup.telemetry.rotations.includes('truncated'));
  });

  test('a file truncated and grown past the old offset between two looks is noticed', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const setup = await follow({ paths: [log] });
    await seen(setup, 10);
    truncateSync(log, 0);
    appendFileSync(log, logLines(10, 60));
    await expectExactly(setup, range(0, 60));
  });

  test('a writer that does not append leaves a hole of NUL bytes after a truncation', async () => {
    const log = bench.path('access.log');
    const writer = openSync(log, 'w');
    writeSync(writer, logLines(0, 20));
    const setup = await follow({ paths: [log] });
    await seen(setup, 20);
    truncateSync(log, 0);
    writeSync(writer, logLines(20, 30));
    await expectExactly(setup, range(0, 30));
    writeSync(writer, logLines(30, 35));
    closeSync(writer);
    await expectExactly(setup, range(0, 35));
  });

  test('delete: the rest is read from the open file, the new one from its start', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const setup = await follow({ paths: [log] });
    await seen(setup, 10);
    const old = openSync(log, 'a');
    rmSync(log);
    writeSync(old, logLines(10, 20) + logLine(20));
    closeSync(old);
    writeFileSync(log, logLines(21, 30));
    await expectExactly(setup, range(0, 30));
    await until(
      () => setup.ingestion.status().sources[0]?.files === 1,
      () => 'the deleted file stays open',
    );
    assert.ok(setup.telemetry.rotations.includes('deleted'));
  });

  test('a symbolic link that is switched', async () => {
    const log = bench.path('access.log');
    const [monday, tuesday] = [bench.path('access-20261122.log'), bench.path('access-20261123.log')];
    writeFileSync(monday, logLines(0, 10));
    symlinkSync(monday, log);
    const setup = await follow({ paths: [log] });
    await seen(setup, 10);
    writeFileSync(tuesday, logLines(10, 20));
    rmSync(log);
    symlinkSync(tuesday, log);
    appendFileSync(monday, logLines(20, 25));
    appendFileSync(tuesday, logLines(25, 30));
    await expectExactly(setup, range(0, 30));
  });

  test('a rotated file that is compressed is not read again', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 100));
    const setup = await follow({ paths: [bench.folder] });
    await seen(setup, 100);
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(100, 110));
    await seen(setup, 110);
    writeFileSync(bench.path('access.log.1.gz'), gzipSync(logLines(0, 100)));
    rmSync(bench.path('access.log.1'));
    await until(
      () => setup.ingestion.status().sources[0]?.files === 1,
      () => 'the old file stays open',
    );
    appendFileSync(log, logLines(110, 120));
    await finished('access.log.1.gz');
    await expectExactly(setup, range(0, 120));
  });
});

describe('a folder', () => {
  test('files of it are read with their rotated and compressed forms, oldest first; errors and others are not', async () => {
    const now = Date.now() / 1000;
    const files: [string, string | Buffer][] = [
      ['access.log.3.gz', gzipSync(logLines(0, 10))],
      ['access.log.2.zst', zstdCompressSync(logLines(10, 20))],
      ['access.log.1', logLines(20, 30)],
      ['access.log', logLines(30, 40)],
      ['error.log', logLines(100, 110)],
      ['notes.txt', logLines(100, 110)],
      ['app.log', 'started\nsomething happened\nstopped\n'.repeat(50)],
    ];
    for (const [index, [name, content]] of files.entries()) {
      writeFileSync(bench.path(name), content);
      utimesSync(bench.path(name), now - 1000 + index, now - 1000 + index);
    }
    const setup = await follow({ paths: [bench.folder] });
    await expectExactly(setup, range(0, 40));
    assert.deepEqual(setup.publisher.numbers, range(0, 40));
    const warnings = setup.logger.lines.filter((line) => line.level === 'warn');
    assert.equal(warnings.length, 1, JSON.stringify(warnings));
    assert.equal(warnings[0]?.data?.['file'], bench.path('app.log'));
  });

  test('a compressed file that is still being written is waited for', async () => {
    const whole = gzipSync(logLines(0, 2000));
    const path = bench.path('access.log.1.gz');
    writeFileSync(path, whole.subarray(0, 1000));
    const setup = await follow({ paths: [bench.folder] });
    await until(
      () => setup.publisher.events.length > 0,
      () => 'nothing of the first part',
    );
    appendFileSync(path, whole.subarray(1000));
    await expectExactly(setup, range(0, 2000));
  });

  test('files with the same first lines, in different folders or of different names, are different files', async () => {
    mkdirSync(bench.path('a'));
    mkdirSync(bench.path('b'));
    for (const name of ['a/access.log', 'b/access.log', 'b/other_access.log']) writeFileSync(bench.path(name), logLines(0, 5));
    const setup = await follow({ paths: [bench.path('a'), bench.path('b')] });
    await until(
      () => setup.publisher.events.length >= 15,
      () => `${setup.publisher.events.length}`,
    );
    assert.equal(new Set(setup.publisher.events.map((event) => event.event_id)).size, 15);
  });
});

describe('rotation while stopped', () => {
  async function readAndStop(options: SetupOptions, count: number): Promise<void> {
    const setup = await follow(options);
    await seen(setup, count);
    await setup.ingestion.stop(1000);
  }

  test('nothing happened: nothing is read again', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    await readAndStop({ paths: [log] }, 10);
    const setup = await follow({ paths: [log] });
    appendFileSync(log, logLines(10, 12));
    await expectExactly(setup, range(10, 12));
  });

  test('several generations, the first compressed: the unread rest of each, oldest first', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    await readAndStop({ paths: [log] }, 10);
    // 0-9 were read; 10-19 came, then two rotations with compression.
    rmSync(log);
    writeFileSync(bench.path('access.log.3.gz'), gzipSync(logLines(0, 20)));
    writeFileSync(bench.path('access.log.2.gz'), gzipSync(logLines(20, 40)));
    writeFileSync(bench.path('access.log.1'), logLines(40, 50));
    writeFileSync(log, logLines(50, 60));
    const setup = await follow({ paths: [log] });
    await expectExactly(setup, range(10, 60));
  });

  test('copytruncate', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    await readAndStop({ paths: [log] }, 10);
    appendFileSync(log, logLines(10, 20));
    copyFileSync(log, bench.path('access.log.1'));
    truncateSync(log, 0);
    appendFileSync(log, logLines(20, 50));
    const setup = await follow({ paths: [log] });
    await expectExactly(setup, range(10, 50));
  });

  test('copytruncate between recognising a log and the first read of it loses neither copy nor log', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const setup = await follow({ paths: [log] });
    // Nothing was read yet: what follows happens before the loop has its first turn.
    assert.equal(setup.publisher.publishes, 0);
    copyFileSync(log, bench.path('access.log.1'));
    truncateSync(log, 0);
    appendFileSync(log, logLines(10, 30));
    await expectExactly(setup, range(0, 30));
    assert.equal(new Set(setup.publisher.events.map((event) => event.event_id.split('-')[0])).size, 2);
  });

  test('a log cut short after it was recognised, where reading goes on in its middle, is read from its start', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    await readAndStop({ paths: [log] }, 10);
    appendFileSync(log, logLines(10, 20));
    const setup = await follow({ paths: [log] });
    assert.equal(setup.publisher.publishes, 0);
    copyFileSync(log, bench.path('access.log.1'));
    truncateSync(log, 0);
    appendFileSync(log, logLines(100, 140));
    await expectExactly(setup, [...range(10, 20), ...range(100, 140)]);
  });

  test('a log rotated after a crash right behind the first start is read, as it was followed by then', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const first = await follow({ paths: [log], timing: { checkpointIntervalMs: 3_600_000 } });
    // What a crash would leave, now: nothing is acknowledged.
    const left = readFileSync(join(bench.state, 'checkpoint.json'));
    await first.ingestion.stop(1000);
    writeFileSync(join(bench.state, 'checkpoint.json'), left);
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(10, 20));
    await expectExactly(await follow({ paths: [log] }), range(0, 20));
  });

  test('a file replaced by one with the same head, in the same inode, is read from its start', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 30));
    await readAndStop({ paths: [log] }, 30);
    truncateSync(log, 0);
    appendFileSync(log, logLines(0, 15) + logLines(100, 140));
    const setup = await follow({ paths: [log] });
    // The first fifteen are the same lines in the same places: the same ids, which a store has.
    await expectExactly(setup, [...range(0, 15), ...range(100, 140)]);
  });

  test('rotated files from before the first start are not read, nor when they are compressed later', async () => {
    const log = bench.path('access.log');
    writeFileSync(bench.path('access.log.1'), logLines(1000, 1010));
    writeFileSync(log, logLines(0, 10));
    await readAndStop({ paths: [log] }, 10);
    rmSync(bench.path('access.log.1'));
    writeFileSync(bench.path('access.log.2.gz'), gzipSync(logLines(1000, 1010)));
    renameSync(log, bench.path('access.log.1'));
    writeFileSync(log, logLines(10, 20));
    const setup = await follow({ paths: [log] });
    await expectExactly(setup, range(10, 20));
  });

  test('the old target of a switched link is read to its end', async () => {
    const log = bench.path('access.log');
    mkdirSync(bench.path('old'));
    const [monday, tuesday] = [bench.path('old/monday.log'), bench.path('tuesday.log')];
    writeFileSync(monday, logLines(0, 10));
    symlinkSync(monday, log);
    await readAndStop({ paths: [log] }, 10);
    appendFileSync(monday, logLines(10, 20));
    writeFileSync(tuesday, logLines(20, 30));
    rmSync(log);
    symlinkSync(tuesday, log);
    const setup = await follow({ paths: [log] });
    await expectExactly(setup, range(10, 30));
  });
});
