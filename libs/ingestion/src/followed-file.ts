/**
 * A file that is open and read as it grows, and the state shared by those who find, read and close such files.
 */
import type { ContentReader } from './content-reader.ts';
import type { Generation, GenerationRegistry } from './generation-registry.ts';
import type { IntakeFile } from './line-intake.ts';
import type { LineSplitter } from './line-splitter.ts';
import type { SourceFile } from './source-scanner.ts';
import type { FileHandle } from 'node:fs/promises';

export interface FollowedFile {
  /** As it was last seen; changes when the file is renamed. */
  found: SourceFile;
  readonly handle: FileHandle;
  readonly device: number;
  readonly inode: number;
  /** Null until the first complete line tells which generation this is. */
  generation: Generation | null;
  content: FileContent | null;
  sizeBytes: number;
  modifiedAtMs: number;
  /** When it was last seen to change; for rotated files the wait for late lines counts from here. */
  changedAtMs: number;
  /** All that `sizeBytes` promises was read. */
  atEnd: boolean;
  /** Its name is taken away: no path of ours leads to it any more. */
  gone: 'renamed' | 'deleted' | null;
}

export interface FileContent {
  readonly reader: ContentReader;
  readonly splitter: LineSplitter;
  readonly intake: IntakeFile;
  readonly compressed: boolean;
}

/** Why a file is there and not read. */
export interface AsideFile {
  /**
   * copy: its generation is read from another file. shorter: a copy that holds nothing new. unrecognised: no access log.
   * young, unfinished: a compressed file that is being written.
   */
  readonly reason: 'copy' | 'shorter' | 'unrecognised' | 'young' | 'unfinished';
  readonly generation: Generation | null;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly sinceMs: number;
  warned: boolean;
}

export interface FollowState {
  readonly registry: GenerationRegistry;
  /** By `inodeKey`. */
  readonly active: Map<string, FollowedFile>;
  readonly aside: Map<string, AsideFile>;
  /** Entries of `source.paths` that were looked at once; rotated siblings that come later are read. */
  readonly startedPaths: Set<string>;
  /** The folders are looked at again as soon as possible. */
  scanDue: boolean;
}

export function inodeKey(device: number, inode: number): string {
  return `${device}:${inode}`;
}
