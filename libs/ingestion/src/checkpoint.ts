/**
 * What the checkpoint holds, and its reading with every field checked: a file that anything may have happened to.
 */
import { messageOf } from '@sluice/errors';

import type { HeadFingerprint } from './file-head.ts';
import type { Mark } from './offset-tracker.ts';

export const checkpointVersion = 1;

/** One generation of a log file: the same content from its first line to its last, wherever it was moved. */
export interface SavedGeneration {
  readonly key: string;
  /** Order in which generations were found: older ones are read first. */
  readonly sequence: number;
  /** Where it was last seen: the real path. */
  readonly path: string;
  /** Device and inode of the last file that held it; both 0 when that file now holds something else. */
  readonly device: number;
  readonly inode: number;
  readonly head: HeadFingerprint;
  /** Acknowledged. */
  readonly mark: Mark;
  /** Of the file when it was last read to its end; null when it was not. */
  readonly finished: { readonly sizeBytes: number; readonly modifiedAtMs: number } | null;
  /** It was there before ingest was told to follow its log; it is not read. */
  readonly ignored: boolean;
  readonly seenAtMs: number;
}

export interface Checkpoint {
  readonly version: typeof checkpointVersion;
  /** Entries of `source.paths` whose older generations were looked over once. */
  readonly startedPaths: readonly string[];
  readonly generations: readonly SavedGeneration[];
}

export const emptyCheckpoint: Checkpoint = { version: checkpointVersion, startedPaths: [], generations: [] };

/** Reads a checkpoint; `problem` says in a few words why it cannot be used. */
export function parseCheckpoint(text: string): { readonly checkpoint: Checkpoint } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: messageOf(error) };
  }
  if (!isRecord(value)) return { problem: 'not an object' };
  if (value['version'] !== checkpointVersion) return { problem: `version is not ${checkpointVersion}` };
  const { startedPaths, generations } = value;
  if (!Array.isArray(startedPaths) || !startedPaths.every((path) => typeof path === 'string')) return { problem: 'startedPaths is no list of paths' };
  if (!Array.isArray(generations)) return { problem: 'generations is no list' };
  const bad = generations.findIndex((generation) => !isGeneration(generation));
  if (bad >= 0) return { problem: `generation ${bad} is malformed` };
  return { checkpoint: { version: checkpointVersion, startedPaths, generations: generations as SavedGeneration[] } };
}

function isGeneration(value: unknown): value is SavedGeneration {
  if (!isRecord(value)) return false;
  const { key, sequence, path, device, inode, head, mark, finished, ignored, seenAtMs } = value;
  return (
    typeof key === 'string' &&
    /^[0-9a-f]{16}$/.test(key) &&
    typeof path === 'string' &&
    [sequence, device, inode, seenAtMs].every(isCount) &&
    isRecord(head) &&
    isCount(head['bytes']) &&
    typeof head['hash'] === 'string' &&
    isMark(mark) &&
    (finished === null || (isRecord(finished) && isCount(finished['sizeBytes']) && typeof finished['modifiedAtMs'] === 'number')) &&
    typeof ignored === 'boolean'
  );
}

function isMark(value: unknown): value is Mark {
  if (!isRecord(value) || !isCount(value['offset'])) return false;
  const check = value['check'];
  return check === null || (isRecord(check) && [check['offset'], check['bytes'], check['crc32']].every(isCount));
}

/** Zero or more; device and inode numbers of some file systems exceed what is exact, which the head makes good. */
function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
