/**
 * How many batches are in work at once: `performance.max_workers` towards a broker or OpenSearch, which want a few at a time.
 */
import type { Config } from '@sluice/config';

/**
 * The embedded store writes best what fills a row group, 30,720 events (`libs/duckdb/src/write-line.ts`): so many have to be
 * on their way, and some more meanwhile.
 */
const embeddedPerWorker = 12;

/** The bound of a process that hands its batches to the embedded store in the same process, or to a broker or OpenSearch. */
export function batchesInWork({ performance, pipeline }: Pick<Config, 'performance' | 'pipeline'>): number {
  return performance.max_workers * (pipeline.transport === 'memory' && pipeline.store === 'duckdb' ? embeddedPerWorker : 1);
}
