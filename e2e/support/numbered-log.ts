/**
 * A web server's side of a log: numbered lines, written the way servers write (append only, one open file), in pieces that
 * do not respect lines, and the rotations that happen to such files.
 */
import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { createRandom } from '@sluice/testing';

import type { Random } from '@sluice/testing';
import type { JsonObject } from './json-text.ts';
import type { Sandbox } from './sandbox.ts';

const startAtMs = Date.UTC(2026, 10, 22, 8, 0, 0);
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The line with this number; no two are the same. */
export function numberedLine(log: string, number: number): string {
  const at = new Date(startAtMs + number * 50);
  const [day, month, time] = [at.toISOString().slice(8, 10), months[at.getUTCMonth()] ?? '', at.toISOString().slice(11, 19)];
  const client = `198.51.100.${(number % 250) + 1}`;
  return `${client} - - [${day}/${month}/2026:${time} +0000] "GET /${log}/${number} HTTP/1.1" 200 ${1000 + (number % 500)} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"\n`;
}

/** Every so many lines one that is no access log line. */
const brokenEvery = 250;

export interface NumberedLog {
  readonly path: string;
  /** Lines that became events. */
  readonly events: number;
  readonly broken: number;
  /** Appends whole lines in pieces of odd sizes; to a descriptor that `reopen` returned, when one is given. */
  append(lines: number, to?: number): void;
  /** Ends the file in the middle of a line; the next `append` goes on there. */
  appendHalfLine(): void;
  /**
   * Opens the path again, which creates it: what a server does when it is told to reopen its logs; or another one.
   * Returns the descriptor used so far, still open.
   */
  reopen(newPath?: string): number;
  close(): void;
}

/** Creates the file and a writer of lines `/<name>/0`, `/<name>/1`, ... */
export function createNumberedLog(sandbox: Sandbox, fileName: string, name: string, seed: number): NumberedLog {
  const random = createRandom(seed);
  const path = sandbox.path(fileName);
  let descriptor = openSync(path, 'a');
  let next = 0;
  let broken = 0;
  let pending = '';
  const draw = (): string => {
    if ((next + broken) % brokenEvery === brokenEvery - 1) {
      broken += 1;
      return `!! ${name} ${broken} is no access log line\n`;
    }
    next += 1;
    return numberedLine(name, next - 1);
  };
  return {
    path,
    get events() {
      return next;
    },
    get broken() {
      return broken;
    },
    append: (lines, to = descriptor) => {
      let text = pending;
      pending = '';
      for (let index = 0; index < lines; index += 1) text += draw();
      writePieces(to, text, random);
    },
    appendHalfLine: () => {
      const line = draw();
      const cut = 1 + random.int(line.length - 1);
      writeSync(descriptor, line.slice(0, cut));
      pending = line.slice(cut);
    },
    reopen: (newPath = path) => {
      const before = descriptor;
      descriptor = openSync(newPath, 'a');
      return before;
    },
    close: () => closeSync(descriptor),
  };
}

/**
 * Appends to the log, all the while, until it is stopped; the end of the test stops it too, so that a test that fails ends.
 * Its pace (1,500 lines a second) is one that a slow machine reads faster than.
 */
export function keepAppending(t: { after(hook: () => Promise<void>): void }, log: NumberedLog, random: Random): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      log.append(1 + random.int(60));
      await pause(20);
    }
  })();
  const stop = (): Promise<void> => {
    stopping.abort();
    return running;
  };
  t.after(stop);
  return { stop };
}

function writePieces(descriptor: number, text: string, random: Random): void {
  let at = 0;
  while (at < text.length) {
    const bytes = 1 + random.int(random.chance(0.2) ? 20_000 : 700);
    writeSync(descriptor, text.slice(at, at + bytes));
    at += bytes;
  }
}

/** Asserts that the store holds exactly the lines of these logs, each event and each dead letter once. */
export async function assertExactlyOnce(sandbox: Sandbox, logs: Readonly<Record<string, Pick<NumberedLog, 'events' | 'broken'>>>): Promise<void> {
  const rows = await sandbox.query(
    `SELECT split_part(path, '/', 2) AS log, count(*) AS n, count(DISTINCT path) AS paths, count(DISTINCT event_id) AS ids,
            min(CAST(split_part(path, '/', 3) AS INTEGER)) AS first, max(CAST(split_part(path, '/', 3) AS INTEGER)) AS last
     FROM events GROUP BY 1 ORDER BY 1`,
  );
  const wanted = Object.entries(logs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([log, { events }]) => ({ log, n: events, paths: events, ids: events, first: 0, last: events - 1 }));
  assert.deepEqual(rows, wanted, await explainDifference(sandbox, logs));
  const letters = await sandbox.query('SELECT raw FROM dead_letters ORDER BY raw');
  const wantedLetters = Object.entries(logs).flatMap(([log, { broken }]) =>
    Array.from({ length: broken }, (_, index) => `!! ${log} ${index + 1} is no access log line`),
  );
  assert.deepEqual(letters.map(({ raw }) => raw).sort(), wantedLetters.sort());
}

/** Asserts that these are exactly the events of the logs, each once. */
export function assertNumbered(rows: readonly JsonObject[], logs: Readonly<Record<string, Pick<NumberedLog, 'events'>>>): void {
  const seen = new Set<string>();
  for (const { path } of rows) {
    assert.ok(!seen.has(String(path)), `stored twice: ${String(path)}`);
    seen.add(String(path));
  }
  const missing = Object.entries(logs).flatMap(([log, { events }]) =>
    Array.from({ length: events }, (_, number) => `/${log}/${number}`).filter((path) => !seen.delete(path)),
  );
  assert.deepEqual(missing.slice(0, 10), [], `${missing.length} lines are missing`);
  assert.deepEqual([...seen].slice(0, 10), [], 'events of no line');
}

/** What is missing and what is there twice, for the message of a failure. */
async function explainDifference(sandbox: Sandbox, logs: Readonly<Record<string, { readonly events: number }>>): Promise<string> {
  const rows = await sandbox.query('SELECT path, count(*) AS n, min(log_file) AS file, min(log_offset) AS at FROM events GROUP BY path');
  const found = new Map(rows.map((row) => [String(row['path']), row]));
  const missing = Object.entries(logs).flatMap(([log, { events }]) =>
    Array.from({ length: events }, (_, number) => `/${log}/${number}`).filter((path) => !found.has(path)),
  );
  const twice = rows.filter(({ n }) => Number(n) > 1);
  return `missing ${missing.length}: ${missing.slice(0, 5).join(' ')} ... ${missing.slice(-2).join(' ')}; twice ${twice.length}: ${JSON.stringify(twice.slice(0, 5))}`;
}
