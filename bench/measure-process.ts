/**
 * Runs a Node.js process to its end and says what it used: the real command as a user starts it, seen from outside.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

import { exitUsageModule, usageFileVariable } from './exit-usage.ts';
import { statusBytes } from './peak-rss.ts';
import { resultsFolder } from './result-file.ts';
import { sampleThreads, sumByTask } from './thread-usage.ts';

import type { ExitUsage } from './exit-usage.ts';

const mainPath = path.join(import.meta.dirname, '../apps/sluice/src/main.ts');
/** Arguments of `node` that start the command as it starts itself: with the flags of its first line. */
export const sluice: readonly string[] = [...flagsOf(mainPath), mainPath];
/** Git ignores it. */
export const workFolder = path.join(resultsFolder, 'work');

export interface ProcessToMeasure {
  /** Arguments of `node`. */
  readonly args: readonly string[];
  /** Working folder; the usage file goes there too. */
  readonly folder: string;
  /** File that standard input comes from; empty input when left out. */
  readonly stdin?: string;
  /** Discarded when false, like a shell's `> /dev/null`. Default true. */
  readonly keepOutput?: boolean;
}

export interface MeasuredProcess extends ExitUsage {
  /** From start to end of the process. */
  readonly wallSeconds: number;
  readonly stdout: string;
  /** Resident memory at each second. */
  readonly rssBytes: readonly number[];
  /** CPU seconds by what its threads do; without `/proc` empty. */
  readonly threads: Readonly<Record<string, number>>;
}

/** Runs it. Errors: throws with what the process wrote to stderr when it ends with anything but 0. */
export async function measureProcess({ args, folder, stdin = '/dev/null', keepOutput = true }: ProcessToMeasure): Promise<MeasuredProcess> {
  const usageFile = path.join(folder, 'usage.json');
  const input = openSync(stdin, 'r');
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', exitUsageModule, ...args], {
    cwd: folder,
    env: { ...plainEnvironment(), [usageFileVariable]: usageFile },
    stdio: [input, keepOutput ? 'pipe' : 'ignore', 'pipe'],
  });
  closeSync(input);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr = (output.stderr + text).slice(-4000)));
  const rssBytes: number[] = [];
  const threads = new Map<string, { task: string; cpuSeconds: number }>();
  // Often: what a thread does between the last look and its end is missed.
  const watching = setInterval(() => sampleThreads(child.pid ?? 0, threads), 100);
  const sampling = setInterval(() => {
    const bytes = statusBytes(child.pid ?? 0, 'VmRSS');
    if (bytes !== null) rssBytes.push(bytes);
  }, 1000);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(sampling);
  clearInterval(watching);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  if (exitCode !== 0) throw new Error(`node ${args.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${output.stderr}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as ExitUsage;
  return { ...usage, wallSeconds, stdout: output.stdout, rssBytes, threads: sumByTask(threads) };
}

/** Nothing of the caller's settings reaches what is measured. */
export function plainEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

/** Runs `work` in a folder of its own on the disk of the results, and removes the folder. */
export async function inWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(workFolder, 'run-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a command gives `node` by the first line of its script. */
export function flagsOf(script: string): string[] {
  const [firstLine = ''] = readFileSync(script, 'utf8').split('\n', 1);
  return firstLine.split(' ').filter((word) => word.startsWith('--'));
}
