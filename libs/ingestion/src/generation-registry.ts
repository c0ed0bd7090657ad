/**
 * All file generations that ingest knows, and the recognition of a file as one of them: by its inode, or by its head
 * when it was copied or compressed.
 *
 * Invariant: a file is taken for a known generation only when its head and the last line read are the same bytes; an
 * inode that was given to another file proves nothing. Neighbours: `checkpoint-store.ts` keeps it over restarts.
 */
import { crc32 } from 'node:zlib';
import { basename, dirname } from 'node:path';

import { checkpointVersion } from './checkpoint.ts';
import { buildFileKey, createHeadMatcher, fingerprintOf } from './file-head.ts';
import { OffsetTracker, startOfFile } from './offset-tracker.ts';
import { parseRotationName } from './rotation-name.ts';

import type { Checkpoint, SavedGeneration } from './checkpoint.ts';
import type { HeadFingerprint } from './file-head.ts';
import type { LineCheck } from './offset-tracker.ts';
import type { FileHead } from './open-file.ts';
import type { SourceFile } from './source-scanner.ts';
import type { Clock } from '@sluice/ports';
import type { FileHandle } from 'node:fs/promises';

export interface Generation {
  readonly key: string;
  readonly sequence: number;
  readonly tracker: OffsetTracker;
  path: string;
  device: number;
  inode: number;
  head: HeadFingerprint;
  finished: SavedGeneration['finished'];
  ignored: boolean;
  seenAtMs: number;
}

/** What identifies a file on disk. */
export type FileIdentity = Pick<SourceFile, 'device' | 'inode' | 'realPath' | 'folder' | 'base'>;

export type Recognition =
  | { readonly kind: 'known'; readonly generation: Generation }
  /** The file has the head of a generation but less than what was read of it: a copy that is being made, or was cut. */
  | { readonly kind: 'shorter'; readonly generation: Generation }
  | { readonly kind: 'unknown' };

export interface GenerationRegistry {
  byInode(device: number, inode: number): Generation | undefined;
  /** Finds the generation an open file holds. `isPresent`: its own file is still there, so another folder's file is not it. */
  recognise(file: FileIdentity, handle: FileHandle, head: FileHead, isPresent: (generation: Generation) => boolean): Promise<Recognition>;
  /** True when the open file holds at least what was read of the generation. */
  isHeldBy(generation: Generation, handle: FileHandle, head: FileHead): Promise<boolean>;
  /** Generations that were not read to their end, as far as known, and whose file was there when last looked. */
  unfinished(): Generation[];
  /** A new generation; reading begins at its start. */
  add(file: FileIdentity, head: Buffer, firstLine: Buffer): Generation;
  /** The generation is now held by this file. */
  move(generation: Generation, file: FileIdentity): void;
  /** The file that held the generation holds something else, or is gone. */
  detach(generation: Generation): void;
  /** Everything worth keeping; generations not seen for long are left out. */
  toCheckpoint(startedPaths: Iterable<string>): Checkpoint;
}

type HeadTest = ReturnType<typeof createHeadMatcher>;

const forgetAfterMs = 14 * 86_400_000;
const maxGenerations = 10_000;
/** A longer last line is not read again to be compared. */
const maxCheckBytes = 65_536;

/** Builds the registry from a checkpoint. */
export function createGenerationRegistry(checkpoint: Checkpoint, sourceId: string, clock: Clock): GenerationRegistry {
  const generations = new Set<Generation>();
  const inodes = new Map<string, Generation>();
  let sequence = 0;

  for (const { mark, ...saved } of checkpoint.generations) {
    const generation: Generation = { ...saved, tracker: new OffsetTracker(mark) };
    generations.add(generation);
    if (saved.inode !== 0) inodes.set(inodeKey(saved.device, saved.inode), generation);
    sequence = Math.max(sequence, saved.sequence);
  }

  function detach(generation: Generation): void {
    const id = inodeKey(generation.device, generation.inode);
    if (inodes.get(id) === generation) inodes.delete(id);
    generation.device = 0;
    generation.inode = 0;
  }

  function move(generation: Generation, file: FileIdentity): void {
    detach(generation);
    generation.device = file.device;
    generation.inode = file.inode;
    generation.path = file.realPath;
    generation.finished = null;
    const id = inodeKey(file.device, file.inode);
    const previous = inodes.get(id);
    if (previous !== undefined) detach(previous);
    inodes.set(id, generation);
  }

  async function recognise(
    file: FileIdentity,
    handle: FileHandle,
    head: FileHead,
    isPresent: (generation: Generation) => boolean,
  ): Promise<Recognition> {
    const hasHeadOf = createHeadMatcher(head.bytes);
    const byInode = inodes.get(inodeKey(file.device, file.inode));
    if (byInode !== undefined && (await compare(byInode, handle, head, hasHeadOf)) === 'same') return { kind: 'known', generation: byInode };
    let shorter: Generation | null = null;
    // The newest first; the same folder before another one.
    for (const generation of candidates(file, byInode, hasHeadOf, isPresent)) {
      const likeness = await compare(generation, handle, head, hasHeadOf);
      if (likeness === 'same') return { kind: 'known', generation };
      if (likeness === 'shorter') shorter ??= generation;
    }
    return shorter === null ? { kind: 'unknown' } : { kind: 'shorter', generation: shorter };
  }

  function candidates(
    file: FileIdentity,
    not: Generation | undefined,
    hasHeadOf: HeadTest,
    isPresent: (generation: Generation) => boolean,
  ): Generation[] {
    // The head first: in a folder of thousands of logs it leaves one or two names to be taken apart.
    const sameHead = [...generations].filter((generation) => generation !== not && hasHeadOf(generation.head));
    const sameBase = sameHead.filter((generation) => parseRotationName(basename(generation.path)).base === file.base);
    const here = sameBase.filter((generation) => dirname(generation.path) === file.folder);
    const moved = sameBase.filter((generation) => dirname(generation.path) !== file.folder && !isPresent(generation));
    const newestFirst = (a: Generation, b: Generation): number => b.sequence - a.sequence;
    return [...here.sort(newestFirst), ...moved.sort(newestFirst)];
  }

  return {
    byInode: (device, inode) => inodes.get(inodeKey(device, inode)),
    recognise,
    isHeldBy: async (generation, handle, head) => (await compare(generation, handle, head, createHeadMatcher(head.bytes))) === 'same',
    unfinished: () => [...generations].filter(({ inode, finished, ignored }) => inode !== 0 && finished === null && !ignored),
    add: (file, head, firstLine) => {
      sequence += 1;
      const generation: Generation = {
        key: buildFileKey(sourceId, file.folder, file.base, firstLine),
        sequence,
        tracker: new OffsetTracker(startOfFile),
        path: file.realPath,
        device: 0,
        inode: 0,
        head: fingerprintOf(head),
        finished: null,
        ignored: false,
        seenAtMs: clock.now(),
      };
      generations.add(generation);
      move(generation, file);
      return generation;
    },
    move,
    detach,
    toCheckpoint: (startedPaths) => {
      const oldestMs = clock.now() - forgetAfterMs;
      for (const generation of generations) {
        if (generation.seenAtMs >= oldestMs || !generation.tracker.settled) continue;
        detach(generation);
        generations.delete(generation);
      }
      const kept = [...generations].sort((a, b) => b.seenAtMs - a.seenAtMs || b.sequence - a.sequence).slice(0, maxGenerations);
      return { version: checkpointVersion, startedPaths: [...startedPaths], generations: kept.map(toSaved) };
    },
  };
}

/** Compares an open file with what was read of a generation. */
async function compare(generation: Generation, handle: FileHandle, head: FileHead, hasHeadOf: HeadTest): Promise<'same' | 'shorter' | 'other'> {
  if (!hasHeadOf(generation.head)) return 'other';
  // The last line of a compressed file is compared on the way there, by its reader.
  if (head.encoding !== null) return 'same';
  const { offset, check } = generation.tracker.taken;
  if (head.stats.size < offset) return 'shorter';
  return check === null || (await lineIs(handle, check)) ? 'same' : 'other';
}

async function lineIs(handle: FileHandle, check: LineCheck): Promise<boolean> {
  if (check.bytes > maxCheckBytes) return true;
  const buffer = Buffer.allocUnsafeSlow(check.bytes);
  const { bytesRead } = await handle.read(buffer, 0, check.bytes, check.offset);
  return bytesRead === check.bytes && crc32(buffer) === check.crc32;
}

function toSaved({ key, sequence, path, device, inode, head, tracker, finished, ignored, seenAtMs }: Generation): SavedGeneration {
  // Finished says that all was read; that is only safe to remember once all is acknowledged.
  return { key, sequence, path, device, inode, head, mark: tracker.acknowledged, finished: tracker.settled ? finished : null, ignored, seenAtMs };
}

function inodeKey(device: number, inode: number): string {
  return `${device}:${inode}`;
}
