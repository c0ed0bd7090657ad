/**
 * Runs the cases of a benchmark, each sample in a process of its own and, where `taskset` exists, on one core.
 *
 * A benchmark is one script with two roles: started by hand it calls `runBenchmark`, which starts it again with `--case NAME`
 * for every sample. That process calls `measure` around work of its own, or `reportSample` for a process that it started.
 * Results go to a table (`sections/`) and to `bench/results/NAME.json`.
 */
import { spawnSync } from 'node:child_process';
import os from 'node:os';

import { peakRssBytes } from './peak-rss.ts';
import { describeCommit, describeMachine, resultsFolder, writeResult } from './result-file.ts';
import { renderTables } from './section.ts';
import { sections } from './sections.ts';

import type { BenchmarkCase, ResultFile, Sample } from './result-file.ts';

/** Options of every benchmark. */
export const commonOptions = {
  samples: { type: 'string', default: '3' },
  /** Where results go; another folder keeps a trial from changing the published ones. */
  results: { type: 'string', default: resultsFolder },
  /** Set for the process of one sample. */
  case: { type: 'string' },
} as const;

export interface BenchmarkOptions {
  /** Names the file of results and the section of the page. */
  readonly name: string;
  /** `import.meta.filename` of the benchmark. */
  readonly script: string;
  readonly cases: readonly BenchmarkCase[];
  /** Values of `commonOptions`; samples are processes per case, and the table shows the median. */
  readonly values: { readonly samples: string; readonly results: string };
  /** Passed on to the script. */
  readonly args: readonly string[];
  /** Samples use all cores; default false: one core each. */
  readonly allCores?: boolean;
}

const marker = 'SAMPLE ';

/** Does the work once, in the process of a sample, and hands the figures to the parent. */
export async function measure(work: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>): Promise<void> {
  const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()];
  const figures = await work();
  const { user, system } = process.cpuUsage(startedCpu);
  reportSample({
    wallSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    maxRssBytes: peakRssBytes(),
    figures,
  });
}

/** Hands a sample to the parent; once, at the end. */
export function reportSample(sample: Sample): void {
  console.log(marker + JSON.stringify(sample));
}

/** Runs every case, writes the results and prints them. Cases take turns, so that a busy moment of the machine does not hit one alone. */
export function runBenchmark(options: BenchmarkOptions): void {
  const environment = { machine: describeMachine(), commit: describeCommit(), date: new Date().toISOString() };
  const samples = options.cases.map((): Sample[] => []);
  for (let round = 0; round < Number(options.values.samples); round++) {
    options.cases.forEach(({ name }, index) => samples[index]?.push(runSample(options, name)));
  }
  const results = options.cases.map((one, index) => ({ ...one, samples: samples[index] ?? [] }));
  const result: ResultFile = { name: options.name, ...environment, args: options.args, results };
  writeResult(options.values.results, result);
  const section = sections.find(({ name }) => name === options.name);
  if (section === undefined) throw new Error(`no section describes ${options.name}`);
  console.log(`\n${section.title}\n\n${renderTables(section.tables(result))}\n`);
}

function runSample(options: BenchmarkOptions, name: string): Sample {
  process.stderr.write(`${options.name}: ${name} ...\n`);
  const command = [process.execPath, options.script, '--case', name, ...options.args];
  const pinned = hasTaskset() && options.allCores !== true ? ['taskset', '-c', String(os.cpus().length - 1), ...command] : command;
  const [executable = process.execPath, ...args] = pinned;
  const { stdout, status, error } = spawnSync(executable, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 16 * 1024 * 1024,
  });
  const line = stdout.split('\n').find((text) => text.startsWith(marker));
  if (status !== 0 || line === undefined) throw new Error(`case ${name} ended with ${status ?? 'a signal'}`, { cause: error });
  return JSON.parse(line.slice(marker.length)) as Sample;
}

function hasTaskset(): boolean {
  return spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
}
