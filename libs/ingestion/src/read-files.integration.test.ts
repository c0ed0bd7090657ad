import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { decodeRaw, parseEventId } from '@sluice/event';

import { RecordingPublisher, createBench, logLine, logLines, range, setUp } from './ingestion-fixture.ts';

import type { Bench } from './ingestion-fixture.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});
afterEach(() => bench.remove());

const once = { force: false };

describe('readFiles', () => {
  test('every line becomes one event with its place, the last one without line end too', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, `\ufeff${logLine(0)}\r\n\n${logLine(1)}\n   \nnot a log line \u00e9\n${logLine(2)}`);
    const { ingestion, publisher, telemetry } = setUp(bench);
    const summary = await ingestion.readFiles([log], once);
    assert.deepEqual(publisher.numbers, [0, 1, 2]);
    assert.deepEqual(publisher.events.map((event) => event.log_offset)[0], 3);
    assert.deepEqual([publisher.events[0]?.source, publisher.events[0]?.log_file], ['test', log]);
    const [letter] = publisher.letters;
    assert.equal(letter?.reason, 'unparsable');
    assert.equal(letter.step, 'parse');
    assert.equal(decodeRaw(letter).toString(), 'not a log line \u00e9');
    assert.deepEqual(parseEventId(letter.event_id)?.crc32.toString(16).padStart(8, '0'), letter.raw_crc32);
    assert.deepEqual([summary.lines, summary.events, summary.deadLetters, summary.dropped], [6, 3, { unparsable: 1 }, { blank: 2 }]);
    assert.deepEqual(telemetry.totals, { received: 6, bytes: summary.bytes, deadLettered: 1, dropped: 2, published: 4, rateLimitHits: 0 });
    assert.deepEqual([summary.errors, summary.files[0]?.format], [[], 'combined']);
  });

  test('a folder without access logs is an error, as is a pattern without matches', async () => {
    mkdirSync(bench.path('logs'));
    writeFileSync(bench.path('logs/error.log'), 'an error\n');
    const { errors } = await setUp(bench).ingestion.readFiles([bench.path('logs'), bench.path('logs/*.txt')], once);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['SOURCE_UNREADABLE', 'SOURCE_UNREADABLE'],
    );
  });

  test('the same content gives the same ids: read twice, rotated, compressed', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 500));
    const { ingestion, publisher } = setUp(bench);
    await ingestion.readFiles([log], once);
    const ids = publisher.events.map((event) => event.event_id);
    assert.equal(new Set(ids).size, 500);
    const forms: [string, Buffer | string][] = [
      ['access.log.1', logLines(0, 500)],
      ['access.log.2.gz', gzipSync(logLines(0, 500))],
      ['access.log-20261122.zst', zstdCompressSync(logLines(0, 500))],
    ];
    for (const [name, content] of forms) {
      writeFileSync(bench.path(name), content);
      const again = setUp(bench);
      await again.ingestion.readFiles([bench.path(name)], once);
      assert.deepEqual(
        again.publisher.events.map((event) => event.event_id),
        ids,
      );
    }
  });

  test('a file moved to another folder keeps the key that following gave it', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10));
    const followed = setUp(bench, { paths: [log] });
    await followed.ingestion.start();
    while (followed.publisher.events.length < 10) await new Promise(setImmediate);
    await followed.ingestion.stop(1000);
    mkdirSync(bench.path('old'));
    renameSync(log, bench.path('old/access.log.1'));
    const { ingestion, publisher } = setUp(bench);
    await ingestion.readFiles([bench.path('old')], once);
    assert.deepEqual(
      publisher.events.map((event) => event.event_id),
      followed.publisher.events.map((event) => event.event_id),
    );
  });

  test('standard input and pipes', async () => {
    const text = logLines(0, 5000);
    const chunks = text.match(/[\s\S]{1,1000}/g) ?? [];
    const { ingestion, publisher } = setUp(bench, { stdin: Readable.from(chunks.map((chunk) => Buffer.from(chunk))) });
    const summary = await ingestion.readFiles(['-'], once);
    assert.deepEqual([publisher.numbers, summary.errors], [range(0, 5000), []]);
    assert.equal(publisher.events[0]?.log_file, '-');
    const pipe = bench.path('pipe');
    execFileSync('mkfifo', [pipe]);
    const second = setUp(bench);
    const done = second.ingestion.readFiles([pipe], once);
    createWriteStream(pipe).end(text);
    await done;
    assert.deepEqual(second.publisher.numbers, range(0, 5000));
  });

  test('globs and folders; what cannot be read is told and the others are read', async () => {
    mkdirSync(bench.path('logs'));
    writeFileSync(bench.path('logs/a.access.log'), logLines(0, 5));
    writeFileSync(bench.path('logs/b.access.log'), logLines(5, 10));
    writeFileSync(bench.path('logs/app.log'), 'hello\n'.repeat(10));
    const { ingestion, publisher } = setUp(bench);
    const summary = await ingestion.readFiles([bench.path('missing.log'), bench.path('logs'), bench.path('none*.log')], once);
    assert.deepEqual(publisher.numbers.toSorted(), range(0, 10));
    assert.deepEqual(
      summary.errors.map((error) => error.code),
      ['SOURCE_UNREADABLE', 'SOURCE_UNREADABLE'],
    );
    assert.deepEqual(
      summary.files.filter((file) => file.leftOut).map((file) => file.file),
      [bench.path('logs/app.log')],
    );
    const byGlob = setUp(bench);
    await byGlob.ingestion.readFiles([bench.path('logs/*.access.log')], once);
    assert.deepEqual(byGlob.publisher.numbers.toSorted(), range(0, 10));
  });

  test('a damaged or cut compressed file: what can be read is kept, the rest is told', async () => {
    const whole = gzipSync(logLines(0, 20_000));
    writeFileSync(bench.path('cut.access.log.gz'), whole.subarray(0, whole.length / 2));
    const { ingestion, publisher } = setUp(bench);
    const summary = await ingestion.readFiles([bench.path('cut.access.log.gz')], once);
    assert.deepEqual(
      summary.errors.map((error) => error.code),
      ['SOURCE_CORRUPT'],
    );
    assert.ok(publisher.events.length > 8000, `${publisher.events.length}`);
    assert.deepEqual(publisher.numbers, range(0, publisher.events.length));
    assert.deepEqual(publisher.letters, []);
  });

  test('the wrong format is refused before anything is published, and named; force reads all the same', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 100));
    const { ingestion, publisher } = setUp(bench, { source: { format: 'vhost_combined' } });
    const summary = await ingestion.readFiles([log], once);
    assert.deepEqual([summary.errors[0]?.code, publisher.records.length], ['LOG_FORMAT_UNKNOWN', 0]);
    assert.match(summary.errors[0]?.message ?? '', /combined/);
    const forced = await ingestion.readFiles([log], { force: true });
    assert.deepEqual([forced.deadLetters, forced.errors], [{ unparsable: 100 }, []]);
    writeFileSync(log, 'nothing like it\n'.repeat(20));
    const unknown = await setUp(bench).ingestion.readFiles([log], once);
    assert.deepEqual([unknown.errors[0]?.code, unknown.lines], ['LOG_FORMAT_UNKNOWN', 0]);
  });

  test('lines over the limit become letters with their head, length and checksum', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, `${logLine(0)}\n${'x'.repeat(1_000_000)}\n${logLine(1)}\n`);
    const { ingestion, publisher } = setUp(bench, { source: { max_line_bytes: 1024 } });
    await ingestion.readFiles([log], once);
    const [letter] = publisher.letters;
    assert.deepEqual([letter?.reason, letter?.raw_bytes, letter?.raw.length], ['line_too_long', 1_000_000, 1024]);
    assert.deepEqual(publisher.numbers, [0, 1]);
  });

  test('reading pauses while publishes are behind, and order is kept', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 10_000));
    const publisher = new RecordingPublisher();
    let inFlight = 0;
    let most = 0;
    publisher.before = async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inFlight -= 1;
    };
    const { ingestion } = setUp(bench, { publisher, performance: { batch_size: 100, max_workers: 3 } });
    await ingestion.readFiles([log], once);
    assert.deepEqual(publisher.numbers, range(0, 10_000));
    assert.equal(most, 3);
  });

  test('the rate limit drops and counts, or waits', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 400));
    const dropping = setUp(bench, { performance: { rate_limit: 100, rate_limit_action: 'drop' } });
    const summary = await dropping.ingestion.readFiles([log], once);
    assert.equal(summary.events + (summary.dropped.rate_limited ?? 0), 400);
    assert.ok(summary.events >= 100 && summary.events < 200, `${summary.events}`);
    assert.equal(dropping.telemetry.totals.rateLimitHits, summary.dropped.rate_limited);
    const keeping = setUp(bench, { performance: { rate_limit: 100, rate_limit_action: 'drop', rate_limit_dead_letters: true } });
    const kept = await keeping.ingestion.readFiles([log], once);
    assert.equal(kept.events + (kept.deadLetters.rate_limited ?? 0), 400);
    const waiting = setUp(bench, { performance: { rate_limit: 1000 } });
    writeFileSync(log, logLines(0, 1200));
    const startedAtMs = performance.now();
    const waited = await waiting.ingestion.readFiles([log], once);
    assert.equal(waited.events, 1200);
    assert.ok(performance.now() - startedAtMs >= 150);
  });

  test('a signal ends reading; what was read is published', async () => {
    const log = bench.path('access.log');
    writeFileSync(log, logLines(0, 50_000));
    const { ingestion, publisher } = setUp(bench);
    const abort = new AbortController();
    const summary = await ingestion.readFiles([log], { ...once, signal: abort.signal, onProgress: () => abort.abort() });
    assert.ok(summary.aborted && summary.lines > 0 && summary.lines < 50_000);
    assert.equal(publisher.records.length, summary.events);
  });
});
