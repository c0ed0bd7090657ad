/**
 * Cost of parsing and encoding per line, and how strict the parser is. `node bench/parse.ts [--lines N] [--samples N]`.
 *
 * A million generated combined lines of some 250 bytes stand in memory; every case splits them, one string per line.
 */
import { parseArgs } from 'node:util';

import { encodeEvent } from '@sluice/event';
import { compileLogFormat, LineRefusal } from '@sluice/parser';
import { brokenKinds, createLogGenerator, createStrictnessLines } from '@sluice/testing';

import { commonOptions, measure, runBenchmark } from './harness.ts';

import type { LineParser } from '@sluice/parser';

const { values } = parseArgs({
  options: { ...commonOptions, samples: { type: 'string', default: '5' }, lines: { type: 'string', default: '1000000' } },
});
const lineCount = Number(values.lines);
const strictnessCount = 20_000;

const cases = [
  { name: 'split', title: 'split into lines, nothing else' },
  { name: 'parse', title: 'parse' },
  { name: 'json', title: 'parse, encode as JSON bytes' },
  { name: 'strictness', title: 'strictness' },
];

if (values.case === undefined) runBenchmark({ name: 'parse', script: import.meta.filename, cases, values, args: ['--lines', String(lineCount)] });
else if (values.case === 'strictness') await measure(countStrictness);
else await measureLines(values.case);

async function measureLines(name: string): Promise<void> {
  const bytes = createLogGenerator({ seed: 1, targetLineBytes: 250 }).buffer(lineCount);
  const parser = compileLogFormat('combined');
  await measure(() => {
    if (name === 'split') return splitOnly(bytes);
    return name === 'parse' ? parseLines(bytes, parser) : encodeLines(bytes, parser);
  });
}

function splitOnly(bytes: Buffer): Record<string, number> {
  let characters = 0;
  for (let from = 0, at = bytes.indexOf(10); at >= 0; from = at + 1, at = bytes.indexOf(10, from))
    characters += bytes.toString('latin1', from, at).length;
  return { lines: lineCount, lineBytes: characters / lineCount };
}

function parseLines(bytes: Buffer, parser: LineParser): Record<string, number> {
  let refused = 0;
  for (let from = 0, at = bytes.indexOf(10); at >= 0; from = at + 1, at = bytes.indexOf(10, from)) {
    if (parser.parse(bytes.toString('latin1', from, at)) instanceof LineRefusal) refused++;
  }
  return { lines: lineCount, refused };
}

function encodeLines(bytes: Buffer, parser: LineParser): Record<string, number> {
  let refused = 0;
  let encodedBytes = 0;
  for (let from = 0, at = bytes.indexOf(10); at >= 0; from = at + 1, at = bytes.indexOf(10, from)) {
    const event = parser.parse(bytes.toString('latin1', from, at));
    if (event instanceof LineRefusal) refused++;
    else encodedBytes += Buffer.from(encodeEvent(event)).length;
  }
  return { lines: lineCount, refused, eventBytes: encodedBytes / (lineCount - refused) };
}

/** Valid lines refused and broken lines taken, of as many as in the comparison with other tools. */
function countStrictness(): Record<string, number> {
  const parser = compileLogFormat('combined');
  const lines = createStrictnessLines(7);
  let validRefused = 0;
  let brokenTaken = 0;
  for (let i = 0; i < strictnessCount; i++) {
    if (parser.parse(lines.valid()) instanceof LineRefusal) validRefused++;
    const kind = brokenKinds[i % brokenKinds.length] ?? 'cut';
    if (!(parser.parse(lines.broken(kind)) instanceof LineRefusal)) brokenTaken++;
  }
  return { valid: strictnessCount, validRefused, broken: strictnessCount, brokenTaken };
}
