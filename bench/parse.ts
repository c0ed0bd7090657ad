/**
 * Cost of parsing and encoding per line, and how strict the parser is. `node bench/parse.ts [--lines N] [--samples N]`.
 *
 * A million generated combined lines of some 250 bytes stand in memory; every case splits them, one string per line.
 */
import { parseArgs } from 'node:util';

import { encodeEvent } from '@sluice/event';
import { compileLogFormat, LineRefusal } from '@sluice/parser';
import { brokenKinds, createLogGenerator, createStrictnessLines } from '@sluice/testing';

import { measure, median, printTable, runBenchmark } from './harness.ts';

import type { LineParser } from '@sluice/parser';
import type { CaseReport } from './harness.ts';

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '1000000' }, samples: { type: 'string', default: '5' }, case: { type: 'string' } },
});
const lineCount = Number(values.lines);
const strictnessCount = 20_000;

const cases = [
  { name: 'split', title: 'split into lines, nothing else' },
  { name: 'parse', title: 'parse' },
  { name: 'json', title: 'parse, encode as JSON bytes' },
  { name: 'strictness', title: 'strictness' },
];

if (values.case === undefined)
  report(runBenchmark({ name: 'parse', script: import.meta.filename, cases, samples: Number(values.samples), args: ['--lines', String(lineCount)] })); // prettier-ignore
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
  return { lineBytes: characters / lineCount };
}

function parseLines(bytes: Buffer, parser: LineParser): Record<string, number> {
  let refused = 0;
  for (let from = 0, at = bytes.indexOf(10); at >= 0; from = at + 1, at = bytes.indexOf(10, from)) {
    if (parser.parse(bytes.toString('latin1', from, at)) instanceof LineRefusal) refused++;
  }
  return { refused };
}

function encodeLines(bytes: Buffer, parser: LineParser): Record<string, number> {
  let refused = 0;
  let encodedBytes = 0;
  for (let from = 0, at = bytes.indexOf(10); at >= 0; from = at + 1, at = bytes.indexOf(10, from)) {
    const event = parser.parse(bytes.toString('latin1', from, at));
    if (event instanceof LineRefusal) refused++;
    else encodedBytes += Buffer.from(encodeEvent(event)).length;
  }
  return { refused, eventBytes: encodedBytes / (lineCount - refused) };
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
  return { validRefused, brokenTaken };
}

function report(reports: readonly CaseReport[]): void {
  const perMillion = 1_000_000 / lineCount;
  const timed = reports.filter(({ name }) => name !== 'strictness');
  printTable(
    ['case', 'CPU s per 1 M lines', 'lines/s', 'RSS MiB (with the lines)'],
    timed.map(({ title, samples }) => [
      title,
      (median(samples, (sample) => sample.cpuSeconds) * perMillion).toFixed(2),
      Math.round(lineCount / median(samples, (sample) => sample.wallSeconds)).toLocaleString('en'),
      String(Math.round(median(samples, (sample) => sample.maxRssBytes) / 1_048_576)),
    ]),
  );
  const figures = Object.assign({}, ...reports.map(({ samples }) => samples[0]?.figures)) as Record<string, number>;
  console.log(`\n${figures['lineBytes']?.toFixed(0)} bytes a line, ${figures['eventBytes']?.toFixed(0)} bytes an event`);
  console.log(
    `of ${strictnessCount} valid lines refused: ${figures['validRefused']}; of ${strictnessCount} broken lines taken: ${figures['brokenTaken']}`,
  );
}
