/**
 * Generated logs that remember where each line begins and what it means, and the comparison of a store with that.
 */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';

import { decodeRaw, isFileOrigin, parseEventId } from '@sluice/event';
import { comparableFields, createLogGenerator } from '@sluice/testing';

import type { DeadLetter, LogEvent } from '@sluice/event';
import type { GeneratedLine, LogGeneratorOptions } from '@sluice/testing';
import type { JsonObject } from './json-text.ts';
import type { Sandbox } from './sandbox.ts';

export interface TruthLog {
  readonly bytes: Buffer;
  /** By byte offset of the line's first byte that counts. */
  readonly events: ReadonlyMap<number, GeneratedLine>;
  /** Broken lines, by offset: the bytes a dead letter must hold. */
  readonly broken: ReadonlyMap<number, Buffer>;
  readonly blankLines: number;
}

/** Blank to a log reader: nothing, blanks, a return. */
const blanks = ['', '   ', '\r'] as const;
/** Every so many lines a blank one, every so many a CRLF. */
const blankEvery = 997;
const crlfEvery = 401;

/** Generates a log of so many lines, one in a hundred odd, some broken, a few blank, some with CRLF. */
export function buildTruthLog(lineCount: number, options: LogGeneratorOptions): TruthLog {
  const generator = createLogGenerator({ oddities: true, distinctAddresses: 5000, distinctPaths: 1000, ...options });
  const events = new Map<number, GeneratedLine>();
  const broken = new Map<number, Buffer>();
  const parts: Buffer[] = [];
  let offset = 0;
  let blankLines = 0;
  const push = (line: Buffer, end: string): void => {
    const whole = Buffer.concat([line, Buffer.from(end, 'latin1')]);
    parts.push(whole);
    offset += whole.length;
  };
  for (let index = 0; index < lineCount; index += 1) {
    const generated = generator.next();
    // NUL bytes before a line are the hole of a copytruncate, not part of it.
    const nuls = generated.line.findIndex((byte) => byte !== 0);
    if (generated.expected === null) broken.set(offset + nuls, generated.line.subarray(nuls));
    else events.set(offset, generated);
    push(generated.line, index % crlfEvery === crlfEvery - 1 ? '\r\n' : '\n');
    if (index % blankEvery === blankEvery - 1) {
      push(Buffer.from(blanks[blankLines % blanks.length] ?? ''), '\n');
      blankLines += 1;
    }
  }
  return { bytes: Buffer.concat(parts), events, broken, blankLines };
}

/** Asserts that exactly the events of the log are stored in the sandbox's database, each once, field by field. */
export async function assertEventsStored(sandbox: Sandbox, log: TruthLog): Promise<JsonObject[]> {
  const rows = await sandbox.query('SELECT * FROM events');
  assertEvents(rows, log);
  return rows;
}

/** Asserts that these are exactly the events of the log, each once, field by field. */
export function assertEvents(rows: readonly JsonObject[], log: TruthLog): void {
  const seen = new Set<number>();
  for (const row of rows) {
    const offset = Number(row['log_offset']);
    const truth = log.events.get(offset);
    assert.ok(truth !== undefined, `no line begins at ${offset}: ${JSON.stringify(row)}`);
    assert.ok(!seen.has(offset), `stored twice: the line at ${offset}`);
    seen.add(offset);
    assertFields(row, truth, offset);
  }
  assert.equal(seen.size, log.events.size, 'lines missing from the store');
}

function assertFields(row: JsonObject, { line, expected, unsettled, label }: GeneratedLine, offset: number): void {
  const event = row as Partial<LogEvent>;
  const wanted = comparableFields(expected ?? {}, unsettled);
  assert.deepEqual(comparableFields(event, unsettled), wanted, `${label} at ${offset}: ${line.toString('latin1')}`);
  const id = parseEventId(String(row['event_id']));
  assert.ok(id !== null, `event id ${String(row['event_id'])}`);
  assert.equal(id.offset, offset);
  assert.equal(id.crc32, crc32(line), 'checksum in the event id');
  assert.ok(typeof row['processed_at'] === 'string', 'processed_at');
}

/** A row of `dead_letters`: the origin flat, and no column named like a word of SQL. */
type StoredLetter = Omit<DeadLetter, 'column' | 'origin'> & { column_number: number | null; source: string; log_file: string; log_offset: number };

/** Asserts that exactly the broken lines are kept in the sandbox's database, each once, byte by byte. */
export async function assertDeadLettersKept(sandbox: Sandbox, log: TruthLog): Promise<void> {
  const rows = (await sandbox.query('SELECT * FROM dead_letters')) as unknown as StoredLetter[];
  assertLetters(
    rows.map(({ column_number: column, source, log_file, log_offset, ...letter }) => ({
      ...letter,
      column,
      origin: { source, log_file, log_offset },
    })),
    log,
  );
}

/** Asserts that these are exactly the broken lines, each once, byte by byte. */
export function assertLetters(letters: readonly DeadLetter[], log: TruthLog): void {
  const seen = new Set<number>();
  for (const letter of letters) {
    const offset = parseEventId(letter.event_id)?.offset ?? -1;
    const line = log.broken.get(offset);
    assert.ok(line !== undefined, `a dead letter of a line that is none: ${JSON.stringify(letter)}`);
    assert.ok(!seen.has(offset), `kept twice: the line at ${offset}`);
    seen.add(offset);
    assert.deepEqual(decodeRaw(letter), line);
    assert.equal(letter.raw_bytes, line.length);
    assert.equal(letter.raw_crc32, crc32(line).toString(16).padStart(8, '0'));
    assert.equal(letter.reason, 'unparsable');
    assert.equal(letter.step, 'parse');
    const { column, origin } = letter;
    assert.ok(column !== null && column >= 1 && column <= line.length + 1, `column ${column} of ${line.length} bytes`);
    assert.ok(isFileOrigin(origin));
    assert.equal(origin.log_offset, offset);
    assert.match(letter.message, /^[\x20-\x7e]+$/, 'a message of printable text');
  }
  assert.equal(seen.size, log.broken.size, 'broken lines missing from the dead letters');
}
