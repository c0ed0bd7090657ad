import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { RecordingPublisher, createBench, logLine, logLines, range, setUp, until } from './ingestion-fixture.ts';

import type { Bench } from './ingestion-fixture.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});
afterEach(() => bench.remove());

describe('checkpoint', () => {
  test('what was not acknowledged when the process died is read again, nothing else, with the same ids', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 1000));
    const dying = new RecordingPublisher();
    // Batches 3, 6, 9 ... never come back; later ones do.
    const lost: string[] = [];
    dying.before = (records) => {
      if (dying.publishes % 3 !== 0) return Promise.resolve();
      for (const record of records) if (record.kind === 'event') lost.push(record.event.event_id);
      return new Promise(() => undefined);
    };
    const first = setUp(bench, { paths: [log], publisher: dying, performance: { batch_size: 50, max_workers: 4 } });
    await first.ingestion.start();
    await until(
      () => dying.publishes >= 9,
      () => `${dying.publishes}`,
    );
    await first.ingestion.stop(20);
    assert.ok(lost.length > 0 && dying.events.length > 0);

    const second = setUp(bench, { paths: [log] });
    await second.ingestion.start();
    const all = (): Set<string> => new Set([...dying.events, ...second.publisher.events].map((event) => event.event_id));
    await until(
      () => all().size === 1000,
      () => `${all().size}`,
    );
    await second.ingestion.stop(1000);
    // Batches 1 and 2 were acknowledged before the first that was lost.
    assert.deepEqual(second.publisher.numbers, range(100, 1000));
  });

  test('stop is idempotent, legal before start, and waits for what is in flight', async () => {
    await setUp(bench).ingestion.stop(100);
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const publisher = new RecordingPublisher();
    const gate = Promise.withResolvers<undefined>();
    publisher.before = () => gate.promise;
    const { ingestion } = setUp(bench, { paths: [log], publisher });
    await ingestion.start();
    await until(
      () => publisher.publishes === 1,
      () => 'nothing published',
    );
    const stopped = Promise.all([ingestion.stop(5000), ingestion.stop(5000)]);
    gate.resolve(undefined);
    await stopped;
    const saved = JSON.parse(readFileSync(join(bench.state, 'checkpoint.json'), 'utf8')) as { generations: { mark: { offset: number } }[] };
    assert.equal(saved.generations[0]?.mark.offset, logLines(0, 10).length);
  });

  test('a damaged checkpoint is set aside and all is read again with the same ids', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const run = async (): Promise<string[]> => {
      const { ingestion, publisher } = setUp(bench, { paths: [log] });
      await ingestion.start();
      await until(
        () => publisher.events.length >= 10,
        () => 'not read',
      );
      await ingestion.stop(1000);
      return publisher.events.map((event) => event.event_id);
    };
    const ids = await run();
    for (const damage of ['{"version":1', '[]', '{"version":2}', '{"version":1,"startedPaths":[],"generations":[{"key":"x"}]}', '\0\0\0']) {
      writeFileSync(join(bench.state, 'checkpoint.json'), damage);
      assert.deepEqual(await run(), ids);
      assert.equal(readFileSync(join(bench.state, 'checkpoint.json.damaged'), 'utf8'), damage);
    }
  });

  test('a state folder that cannot be written is a warning, and reading goes on', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    writeFileSync(bench.state, 'a file where the folder should be');
    const { ingestion, publisher, logger } = setUp(bench, { paths: [log] });
    await ingestion.start();
    await until(
      () => publisher.events.length === 10,
      () => 'not read',
    );
    await until(
      () => logger.lines.some((line) => line.level === 'warn' && line.message.includes('checkpoint')),
      () => 'no warning',
    );
    await ingestion.stop(1000);
  });
});

describe('following', () => {
  test('an appended line is published soon', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 1));
    const { ingestion, publisher } = setUp(bench, { paths: [log], source: { poll_interval_ms: 5000 }, timing: { scanIntervalMs: 5000 } });
    await ingestion.start();
    await until(
      () => publisher.events.length === 1,
      () => 'not read',
    );
    for (let number = 1; number < 6; number += 1) {
      const writtenAtMs = performance.now();
      appendFileSync(log, `${logLine(number)}\n`);
      await until(
        () => publisher.events.length === number + 1,
        () => 'not read',
        1500,
      );
      assert.ok(performance.now() - writtenAtMs < 1000);
    }
    await ingestion.stop(1000);
  });

  test('a publisher that fails for good ends following with its error', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const publisher = new RecordingPublisher();
    publisher.before = () => Promise.reject(new Error('the topic does not exist'));
    const { ingestion } = setUp(bench, { paths: [log], publisher });
    await ingestion.start();
    await assert.rejects(ingestion.ended, /the topic does not exist/);
    assert.equal(ingestion.status().phase, 'failed');
    await ingestion.stop(1000);
  });

  test('while the publisher hangs, reading pauses with bounded batches', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 20_000));
    const publisher = new RecordingPublisher();
    const gate = Promise.withResolvers<undefined>();
    publisher.before = () => gate.promise;
    const { ingestion, telemetry } = setUp(bench, { paths: [log], publisher, performance: { batch_size: 100, max_workers: 2 } });
    await ingestion.start();
    await until(
      () => publisher.publishes === 2,
      () => 'no publishes',
    );
    await sleep(100); // Nothing can be awaited for what must not happen.
    assert.equal(publisher.publishes, 2);
    assert.ok(telemetry.totals.received <= 300);
    gate.resolve(undefined);
    await until(
      () => publisher.events.length === 20_000,
      () => `${publisher.events.length}`,
    );
    await ingestion.stop(1000);
    assert.deepEqual(publisher.numbers, range(0, 20_000));
  });

  test('a file that may not be read is one warning, and is read once it may', { skip: process.getuid?.() === 0 }, async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 5));
    chmodSync(log, 0);
    const { ingestion, publisher } = setUp(bench, { paths: [log] });
    await ingestion.start();
    assert.equal(ingestion.status().sources[0]?.lastError?.code, 'SOURCE_UNREADABLE');
    chmodSync(log, 0o600);
    await until(
      () => publisher.events.length === 5,
      () => 'not read',
    );
    await ingestion.stop(1000);
  });
});

const lineCount = 12_000;

/** Writes numbered lines at speed and rotates on the way; prints nothing, exits when done. */
const writer = `
const fs = require('node:fs'), zlib = require('node:zlib');
const [, log, kind, count] = process.argv;
let fd = fs.openSync(log, 'a');
const line = (n) => '192.0.2.1 - - [22/Nov/2026:13:55:36 +0000] "GET /line/' + n + ' HTTP/1.1" 200 5 "-" "-"\\n';
const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
let old = null;
for (let n = 0; n < Number(count); n += 1) {
  // For a while after a rotation another worker still writes into the old file.
  if (old !== null && n % 2 === 0) fs.writeSync(old.fd, line(n)); else fs.writeSync(fd, line(n));
  if (n % 50 === 0) pause();
  if (old !== null && n >= old.until) {
    fs.closeSync(old.fd);
    if (kind === 'gzip') { fs.writeFileSync(log + '.' + old.name + '.gz', zlib.gzipSync(fs.readFileSync(log + '.' + old.name))); fs.unlinkSync(log + '.' + old.name); }
    old = null;
  }
  if (n % 2500 === 2499) {
    if (kind === 'copytruncate') { fs.copyFileSync(log, log + '.' + n); fs.truncateSync(log); }
    else if (kind === 'delete') { fs.unlinkSync(log); old = { fd, until: n + 500 }; fd = fs.openSync(log, 'a'); }
    else { fs.renameSync(log, log + '.' + n); old = { fd, name: n, until: n + 500 }; fd = fs.openSync(log, 'a'); }
  }
}
`;

describe('a writer at speed that rotates', () => {
  for (const kind of ['rename', 'gzip', 'delete', 'copytruncate']) {
    test(`${kind}: every line exactly once`, async () => {
      mkdirSync(bench.path('logs'));
      const log = bench.path('logs/access.log');
      writeFileSync(log, '');
      const { ingestion, publisher } = setUp(bench, { paths: [log], source: { poll_interval_ms: 250 }, timing: { scanIntervalMs: 2000 } });
      await ingestion.start();
      const child = spawn(process.execPath, ['-e', writer, log, kind, String(lineCount)], { stdio: 'inherit' });
      await once(child, 'exit');
      await until(
        () => publisher.events.length >= lineCount,
        () => `${publisher.events.length}`,
      );
      await ingestion.stop(1000);
      assert.deepEqual(
        publisher.numbers.toSorted((a, b) => a - b),
        range(0, lineCount),
      );
    });
  }

  test('stopped and started again and again: every line once, but for what was not acknowledged', async () => {
    mkdirSync(bench.path('logs'));
    const log = bench.path('logs/access.log');
    writeFileSync(log, '');
    const seen = new Map<string, number>();
    const child = spawn(process.execPath, ['-e', writer, log, 'gzip', String(lineCount)], { stdio: 'inherit' });
    const exited = once(child, 'exit');
    for (let run = 0; run < 8 || child.exitCode === null; run += 1) {
      const { ingestion, publisher } = setUp(bench, { paths: [log] });
      await ingestion.start();
      await sleep(120); // The length of a life; whatever it catches.
      await ingestion.stop(1000);
      for (const event of publisher.events) seen.set(event.path ?? '', (seen.get(event.path ?? '') ?? 0) + 1);
    }
    await exited;
    const last = setUp(bench, { paths: [log] });
    await last.ingestion.start();
    await until(
      () => seen.size + last.publisher.events.length >= lineCount,
      () => `${seen.size} + ${last.publisher.events.length}`,
    );
    await last.ingestion.stop(1000);
    for (const event of last.publisher.events) seen.set(event.path ?? '', (seen.get(event.path ?? '') ?? 0) + 1);
    assert.equal(seen.size, lineCount);
    assert.deepEqual(
      [...seen].filter(([, times]) => times !== 1),
      [],
    );
    assert.ok(existsSync(log));
    rmSync(log);
  });
});
