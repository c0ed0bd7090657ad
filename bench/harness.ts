/**
 * Runs the cases of a benchmark, each sample in a process of its own and, where `taskset` exists, on one core.
 *
 * A benchmark is one script with two roles: started by hand it calls `runBenchmark`, which starts it again with `--case NAME`
 * for every sample; then it calls `measure` around the work. Results go to a table and to `bench/results/NAME.json`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Figures of one sample: what the process used for the work alone, and what the case counted. */
export interface Sample {
  readonly wallSeconds: number;
  /** User and system time of all threads. */
  readonly cpuSeconds: number;
  /** Of the whole process, set-up included. */
  readonly maxRssBytes: number;
  readonly figures: Readonly<Record<string, number>>;
}

export interface BenchmarkCase {
  readonly name: string;
  readonly title: string;
}

export interface BenchmarkOptions {
  /** Names the file of results. */
  readonly name: string;
  /** `import.meta.filename` of the benchmark. */
  readonly script: string;
  readonly cases: readonly BenchmarkCase[];
  /** Processes per case; the table shows the median. */
  readonly samples: number;
  /** Passed on to the script. */
  readonly args: readonly string[];
  /** Samples use all cores; default false: one core each. */
  readonly allCores?: boolean;
}

export interface CaseReport extends BenchmarkCase {
  readonly samples: readonly Sample[];
}

const marker = 'SAMPLE ';

/** Does the work once, in the process of a sample, and hands the figures to the parent. */
export async function measure(work: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>): Promise<void> {
  const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()];
  const figures = await work();
  const { user, system } = process.cpuUsage(startedCpu);
  const sample: Sample = {
    wallSeconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
    figures,
  };
  console.log(marker + JSON.stringify(sample));
}

/** Runs every case and writes the results. Cases take turns, so that a busy moment of the machine does not hit one alone. */
export function runBenchmark(options: BenchmarkOptions): CaseReport[] {
  const samples = options.cases.map((): Sample[] => []);
  for (let round = 0; round < options.samples; round++) {
    options.cases.forEach(({ name }, index) => samples[index]?.push(runSample(options, name)));
  }
  const reports = options.cases.map((one, index) => ({ ...one, samples: samples[index] ?? [] }));
  const file = path.join(import.meta.dirname, 'results', `${options.name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const environment = { machine: describeMachine(), commit: describeCommit(), date: new Date().toISOString() };
  writeFileSync(
    file,
    `${JSON.stringify({ name: options.name, ...environment, args: options.args, samples: options.samples, results: reports }, null, 2)}\n`,
  );
  return reports;
}

/** The middle value of one figure over the samples of a case. */
export function median(samples: readonly Sample[], figure: (sample: Sample) => number): number {
  const sorted = samples.map(figure).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints a Markdown table; the first column is text, the others numbers. */
export function printTable(headers: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [headers, headers.map((_, index) => (index === 0 ? '---' : '---:')), ...rows];
  console.log(lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
}

function runSample(options: BenchmarkOptions, name: string): Sample {
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

function describeMachine(): Record<string, string | number> {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    v8: process.versions.v8,
  };
}

/** The commit the figures belong to; `+` says that tracked files differ from it. */
function describeCommit(): string {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout.trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../libs', '../apps', '.') !== '';
  return `${git('rev-parse', 'HEAD')}${changed ? '+' : ''}`;
}
