/**
 * Every benchmark in order, then the page: `node bench/all.ts`; three quarters of an hour on two cores that have nothing else to do.
 * `--quick` is a trial of a few minutes with small inputs, whose results and page go to `bench/results/work/quick`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { workFolder } from './measure-process.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const quickFolder = path.join(workFolder, 'quick');
const quickLines = ['--lines', '50000', '--samples', '1'];

/** Name of the script and its arguments for a trial. */
const benchmarks: readonly (readonly [string, readonly string[]])[] = [
  ['parse', quickLines],
  ['enrich', quickLines],
  ['inspect', quickLines],
  ['file-to-duckdb', quickLines],
  ['daemon', ['--idle-seconds', '5', '--appends', '50']],
  ['ingest', quickLines],
  ['indexer', ['--events', '30000', '--samples', '1']],
  ['services', ['--idle-seconds', '5', '--appends', '50']],
  ['scaling', ['--events', '30000', '--samples', '1', '--phase-seconds', '5']],
  ['kafka', ['--events', '50000', '--samples', '1']],
  ['memory', ['--lines', '50000', '--gigabytes', '0.1']],
];

for (const [name, quickArgs] of benchmarks) run(name, values.quick ? [...quickArgs, '--results', quickFolder] : []);
run('render-docs', values.quick ? ['--results', quickFolder, '--page', path.join(quickFolder, 'benchmarks.md')] : []);

function run(name: string, args: readonly string[]): void {
  mkdirSync(quickFolder, { recursive: true });
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${name}.ts`), ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`bench/${name}.ts ended with ${status ?? 'a signal'}`);
}
