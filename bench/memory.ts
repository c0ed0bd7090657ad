/**
 * What each part of the process takes, and that memory does not grow with the file or with the number of clients.
 * `node bench/memory.ts [--lines N] [--gigabytes N] [--samples N]`; the large file is written, read once and removed.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { createLogGenerator } from '@sluice/testing';

import { benchmarkLog, writeManyClientsLog } from './benchmark-log.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder, measureProcess, sluice } from './measure-process.ts';
import { runOnce, withoutBots, withoutPlaces, withoutThreats } from './run-once.ts';

import type { MeasuredProcess } from './measure-process.ts';
import type { MeasuredRun } from './run-once.ts';

const { values } = parseArgs({
  options: {
    ...commonOptions,
    samples: { type: 'string', default: '1' },
    lines: { type: 'string', default: '1000000' },
    gigabytes: { type: 'string', default: '5' },
  },
});
const lines = Number(values.lines);
const gigabytes = Number(values.gigabytes);

const cases = [
  { name: 'node', title: 'Node.js alone' },
  { name: 'command', title: '+ command line and configuration (`config print`)' },
  { name: 'parser', title: '+ parser (`inspect` of nothing, no enrichment)' },
  { name: 'detection', title: '+ bots, agents and threat rules (`inspect` of nothing, no places)' },
  { name: 'places', title: '+ DB-IP city databases (`inspect` of nothing)' },
  { name: 'database', title: '+ DuckDB (`--file` of one line)' },
  { name: 'run', title: `a run over ${lines.toLocaleString('en')} lines` },
  { name: 'large', title: `a run over ${gigabytes} GB with ever new clients` },
];

const measurements: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  node: async (folder) => reportPart(await measureProcess({ args: ['-e', '0'], folder })),
  command: async (folder) => reportPart(await measureProcess({ args: [...sluice, 'config', 'print'], folder })),
  parser: (folder) => inspectNothing(folder, [withoutPlaces, withoutBots, withoutThreats]),
  detection: (folder) => inspectNothing(folder, [withoutPlaces]),
  places: (folder) => inspectNothing(folder, []),
  database: async (folder) => {
    const file = path.join(folder, 'one.log');
    writeFileSync(file, createLogGenerator({ seed: 1 }).buffer(1));
    reportRun(await runOnce(folder, file, 1), 0);
  },
  run: async (folder) => reportRun(await runOnce(folder, benchmarkLog(lines), lines), 1),
  large: async (folder) => {
    const log = writeManyClientsLog(folder, gigabytes);
    reportRun(await runOnce(folder, log.path, log.lines), Math.max(1, Math.round(gigabytes / 2)));
  },
};

if (values.case === undefined) {
  benchmarkLog(lines);
  const args = ['--lines', String(lines), '--gigabytes', String(gigabytes)];
  const wanted = cases.filter(({ name }) => name !== 'large' || gigabytes > 0);
  runBenchmark({ name: 'memory', script: import.meta.filename, cases: wanted, values, args, allCores: true });
} else {
  const measurement = measurements[values.case];
  if (measurement === undefined) throw new Error(`no case ${values.case}`);
  await inWorkFolder(measurement);
}

async function inspectNothing(folder: string, settings: readonly string[]): Promise<void> {
  const set = settings.flatMap((setting) => ['--set', setting]);
  reportPart(await measureProcess({ args: [...sluice, 'inspect', ...set], folder }));
}

function reportPart({ wallSeconds, cpuSeconds, maxRssBytes }: MeasuredProcess): void {
  reportSample({ wallSeconds, cpuSeconds, maxRssBytes, figures: {} });
}

/** With the course of the memory, one of every so many seconds. */
function reportRun(run: MeasuredRun, everySeconds: number): void {
  const { wallSeconds, cpuSeconds, maxRssBytes, distinctAddresses, databaseBytes, rssBytes } = run;
  const course = rssBytes.filter((_, second) => everySeconds > 0 && second % everySeconds === 0).map((bytes) => Math.round(bytes / 1e6));
  const figures = { lines: run.lines, distinctAddresses, databaseBytes, everySeconds };
  reportSample({ wallSeconds, cpuSeconds, maxRssBytes, figures, series: { rssMegabytes: course } });
}
