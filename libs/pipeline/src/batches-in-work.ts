/**
 * How many batches are in work at once when `performance.max_workers` does not say.
 */
import type { Config } from '@sluice/config';

/** Batches that wait together share a transaction of the embedded store; a broker and OpenSearch only want a few at a time. */
const embedded = 64;
const remote = 4;

/** The bound of a process that hands its batches to the embedded store in the same process, or to a broker or OpenSearch. */
export function batchesInWork({ performance, pipeline }: Pick<Config, 'performance' | 'pipeline'>): number {
  return performance.max_workers ?? (pipeline.transport === 'memory' && pipeline.store === 'duckdb' ? embedded : remote);
}
