/**
 * A web server's side of a latency measurement: single lines at random intervals, and how long each took to arrive.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { createRandom } from '@sluice/testing';

import type { LogGenerator } from '@sluice/testing';

export const shortestGapMs = 20;
export const longestGapMs = 120;

/** Appends so many lines; `onAppend` gets each, without its line end, before it is written. */
export async function appendLines(
  file: string,
  count: number,
  generator: LogGenerator,
  onAppend: (line: Buffer, atMs: number) => void,
): Promise<void> {
  const random = createRandom(11);
  const descriptor = openSync(file, 'a');
  for (let index = 0; index < count; index++) {
    await sleep(shortestGapMs + random.next() * (longestGapMs - shortestGapMs));
    const { line } = generator.next();
    // Before the write: what the write takes belongs to the way of the line.
    onAppend(line, performance.now());
    writeSync(descriptor, Buffer.concat([line, Buffer.from('\n')]));
  }
  closeSync(descriptor);
}

/** The usual percentiles, as figures of a sample. */
export function percentiles(latenciesMs: readonly number[]): { p50Ms: number; p90Ms: number; p99Ms: number; maxMs: number } {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
}
