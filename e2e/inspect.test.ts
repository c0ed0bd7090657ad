/**
 * `sluice inspect`: as many answers as lines, in order, whatever the lines hold.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { baseFields } from '@sluice/event';
import { comparableFields, createLogGenerator } from '@sluice/testing';

import { createSandbox } from './support/sandbox.ts';
import { parseObject } from './support/json-text.ts';

import type { LogEvent } from '@sluice/event';
import type { GeneratedLine } from '@sluice/testing';

/** Lines that are no event, whatever they look like. */
const hostileLines: readonly Buffer[] = [
  Buffer.from(''),
  Buffer.from('   \t '),
  Buffer.from('not a log line'),
  Buffer.from('{"json": "but no access log"}'),
  Buffer.from('\x1b]0;owned\x07\x1b[2J\x1b[31m'),
  Buffer.from('\u2028\u2029\u202e\u0085'),
  Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
  Buffer.from('203.0.113.9 - - [99/Xxx/2026:25:61:61 +9999] "GET / HTTP/1.1" 200 5 "-" "-"'),
  Buffer.from('203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET /cut'),
  Buffer.from(`203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "${'\\'.repeat(5000)}`),
  Buffer.alloc(70_000, 'x'),
  Buffer.alloc(200_000, '"'),
];

test('thousands of lines of all kinds: one answer each, in order, with the truth in it', async (t) => {
  const sandbox = await createSandbox(t);
  const generator = createLogGenerator({ seed: 301, oddities: true, distinctAddresses: 2000, distinctPaths: 500 });
  const lines: (GeneratedLine | Buffer)[] = [];
  for (let index = 0; index < 6000; index += 1) {
    lines.push(generator.next());
    if (index % 100 === 50) lines.push(hostileLines[(index / 50) % hostileLines.length] ?? Buffer.alloc(0));
    if (index % 1000 === 999) lines.push(...hostileLines);
  }
  const input = Buffer.concat(
    lines.map((line, index) => Buffer.concat([Buffer.isBuffer(line) ? line : line.line, Buffer.from(index % 50 === 0 ? '\r\n' : '\n')])),
  );
  const { exitCode, stdout, stderr } = await sandbox.sluice(['inspect'], { input });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /[^\x20-\uffff\n]/, 'no raw control characters');
  const answers = stdout.split('\n');
  assert.equal(answers.pop(), '');
  assert.equal(answers.length, lines.length);
  answers.forEach((answer, index) => {
    const line = lines[index];
    assert.ok(line !== undefined);
    if (Buffer.isBuffer(line) || line.expected === null) assertError(answer, Buffer.isBuffer(line) ? line : line.line);
    else assertEvent(answer, line);
  });
});

function assertError(answer: string, line: Buffer): void {
  const { error, column, ...others } = parseObject(answer);
  assert.ok(typeof error === 'string' && error !== '', `${line.toString('latin1').slice(0, 100)} -> ${answer}`);
  assert.deepEqual(others, {});
  assert.ok(column === undefined || (Number(column) >= 1 && Number(column) <= line.length + 1), `column ${String(column)} of ${line.length} bytes`);
}

function assertEvent(answer: string, { line, expected, unsettled }: GeneratedLine): void {
  const event = parseObject(answer);
  assert.deepEqual(Object.keys(event).slice(0, baseFields.length), baseFields, 'the thirteen fields first, in order, nulls too');
  assert.deepEqual(comparableFields(event as Partial<LogEvent>, unsettled), comparableFields(expected ?? {}, unsettled), line.toString('latin1'));
  for (const [name, value] of Object.entries(event)) {
    if (!(baseFields as readonly string[]).includes(name)) assert.notEqual(value, null, `${name} appears only when known`);
  }
}

test('answers come while the input is still open', async (t) => {
  const sandbox = await createSandbox(t);
  const child = sandbox.start(['inspect']);
  child.stdin.write('203.0.113.9 - anna [22/Nov/2026:13:55:36 +0100] "GET /a?b=c HTTP/1.1" 200 5 "-" "curl/8.5.0"\nhalf a li');
  const first = parseObject(await child.waitForLine('/a'));
  assert.equal(first['timestamp'], '2026-11-22T12:55:36Z');
  assert.equal(first['is_bot'], true);
  assert.equal(child.stdout.split('\n').length, 2, 'no answer to half a line');
  child.stdin.end('ne');
  const { exitCode, stdout } = await child.ended;
  assert.equal(exitCode, 0);
  const answers = stdout.trimEnd().split('\n').map(parseObject);
  assert.equal(answers.length, 2, 'a last line without line end is answered');
  assert.ok('error' in answers[1]!);
});

test('it stores nothing and leaves nothing behind', async (t) => {
  const sandbox = await createSandbox(t);
  await sandbox.sluice(['inspect'], { input: 'x\n' });
  const { exitCode, stderr } = await sandbox.sluice(['query', 'SELECT 1']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /Nothing is stored yet/);
});

test('a LogFormat from the command line is what lines are read by', async (t) => {
  const sandbox = await createSandbox(t);
  const format = '%h %t "%r" %>s %D "%{X-Request-Id}i"';
  const { exitCode, stdout } = await sandbox.sluice(['inspect', '--format', format], {
    input: '203.0.113.9 [22/Nov/2026:13:55:36 +0000] "GET /t HTTP/2.0" 503 1500000 "r-1"\n',
  });
  assert.equal(exitCode, 0);
  const event = parseObject(stdout);
  assert.equal(event['status'], 503);
  assert.equal(event['response_time_ms'], 1500);
  assert.deepEqual(event['extra'], { 'x-request-id': 'r-1' });
  const bad = await sandbox.sluice(['inspect', '--format', '%h %Q'], { input: 'x\n' });
  assert.equal(bad.exitCode, 2);
  assert.match(bad.stderr, /%Q/);
});
