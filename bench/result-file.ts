/**
 * What a benchmark leaves behind: every sample, and where and when it was taken. Pages and tables are made from this alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** Figures that are many: one per second, one per line. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
  /** CPU seconds by what the threads of the process do. */
  readonly threads?: Readonly<Record<string, number>>;
}

export interface BenchmarkCase {
  readonly name: string;
  readonly title: string;
}

export interface CaseResult extends BenchmarkCase {
  readonly samples: readonly Sample[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly node: string;
  /** Load average of the last minute before the first sample: what else was running. */
  readonly load: number;
}

export interface ResultFile {
  readonly name: string;
  readonly machine: Machine;
  /** With `+` when tracked files differed from it. */
  readonly commit: string;
  /** ISO 8601 UTC. */
  readonly date: string;
  /** Options of the benchmark that change what is measured. */
  readonly args: readonly string[];
  readonly results: readonly CaseResult[];
}

export const resultsFolder = path.join(import.meta.dirname, 'results');

export function writeResult(folder: string, result: ResultFile): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${result.name}.json`), `${toText(result)}\n`);
}

/** Null when the benchmark has not run. */
export function readResult(folder: string, name: string): ResultFile | null {
  try {
    return JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as ResultFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A sample to a line, so that a new run is a readable change. Rounded: nothing here is known to more than four places. */
function toText({ results, ...head }: ResultFile): string {
  const cases = results.map(({ samples, ...one }) => {
    const lines = samples.map((sample) => `    ${JSON.stringify(sample, (_key, value: unknown) => rounded(value))}`);
    return `  ${JSON.stringify(one).slice(0, -1)}, "samples": [\n${lines.join(',\n')}\n  ]}`;
  });
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n"results": [\n${cases.join(',\n')}\n]}`;
}

const rounded = (value: unknown): unknown => (typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value);

export function describeMachine(): Machine {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    load: Math.round((os.loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The commit the figures belong to; results of an earlier benchmark in the same round are no difference. */
export function describeCommit(): string {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout.trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../libs', '../apps', '.', ':!results') !== '';
  return `${git('rev-parse', 'HEAD')}${changed ? '+' : ''}`;
}
