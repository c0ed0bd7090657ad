/**
 * Decides for a file just opened, by its head: which generation it holds, whether to read it and from where.
 */
import { basename } from 'node:path';

import { createCompressedReader, endsAt } from './compressed-reader.ts';
import { firstLineOf } from './file-head.ts';
import { inodeKey } from './followed-file.ts';
import { sampleOf } from './format-choice.ts';
import { LineSplitter } from './line-splitter.ts';
import { readHead } from './open-file.ts';
import { createPlainReader, readKnownBytes } from './plain-reader.ts';
import { parseRotationName } from './rotation-name.ts';

import type { AsideFile, FollowedFile, FollowState } from './followed-file.ts';
import type { FormatChooser } from './format-choice.ts';
import type { Generation } from './generation-registry.ts';
import type { FileHead } from './open-file.ts';
import type { ReadCounts } from './read-counts.ts';
import type { LineParser } from '@sluice/parser';
import type { Clock, Logger } from '@sluice/ports';

export interface IdentifyDeps {
  readonly state: FollowState;
  readonly formats: FormatChooser;
  readonly maxLineBytes: number;
  readonly readBuffer: Buffer;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly counts: (source: string) => ReadCounts;
  /** The checkpoint has something new to say. */
  readonly onFinished: () => void;
  /** True when the file that holds the generation is still there. */
  readonly isPresent: (generation: Generation) => boolean;
}

/** `wait`: the first line is not complete yet. `close`: not to be read now; the reason is noted. */
export type Identified = 'read' | 'wait' | 'close';

export interface Identifier {
  /**
   * Identifies the file and prepares `file.content`.
   * Shape: `ended`: the file will not grow, an unfinished first line counts. `asNew`: it is none of the known generations.
   */
  identify(file: FollowedFile, ended: boolean, asNew: boolean): Promise<Identified>;
  /** True when the file holds the generation its inode stands for; otherwise that generation has lost its file. */
  holdsItsGeneration(file: FollowedFile): Promise<boolean>;
}

/** Builds the identifier. */
export function createIdentifier(deps: IdentifyDeps): Identifier {
  const { state, clock, logger } = deps;
  const { registry } = state;
  /** The format last recognised, by folder and base name. */
  const knownFormats = new Map<string, LineParser>();
  const warned = new Set<string>();

  async function identify(file: FollowedFile, ended: boolean, asNew: boolean): Promise<Identified> {
    const head = await readHead(file.handle);
    const firstLine = firstLineOf(head.bytes, ended || (head.encoding !== null && head.ended));
    if (firstLine === null) {
      const isPlain = head.encoding === null && !parseRotationName(basename(file.found.realPath)).compressed;
      return isPlain ? 'wait' : putAside(file, head, 'unfinished', null);
    }

    const known = asNew ? null : await recognise(file, head);
    if (known === 'aside') return 'close';
    if (known?.ignored === true) return finish(file, head, known);
    if (known === null && isOlderThanStart(file)) return ignore(file, head, firstLine);

    const parser = chooseParser(file, head, ended, known !== null);
    if (parser === null) return putAside(file, head, 'unrecognised', null);
    const generation = known ?? registry.add(file.found, head.bytes, firstLine);
    if (known !== null) registry.move(known, file.found);
    generation.seenAtMs = clock.now();
    if (head.encoding !== null && (await endsAt(file.handle, head.encoding, generation.tracker.taken.offset, head.stats.size))) {
      return finish(file, head, generation);
    }
    file.generation = generation;
    file.content = await openContent(file, head, generation, parser);
    state.aside.delete(inodeKey(file.device, file.inode));
    return 'read';
  }

  /** The generation to continue, null for a new one, or 'aside' for a copy of something that is read elsewhere. */
  async function recognise(file: FollowedFile, head: FileHead): Promise<Generation | 'aside' | null> {
    const recognition = await registry.recognise(file.found, file.handle, head, deps.isPresent);
    if (recognition.kind === 'unknown') return null;
    const { generation } = recognition;
    const isOwn = generation.device === file.device && generation.inode === file.inode;
    // A live log is never a copy: one that begins like its predecessor is a new generation all the same.
    const mayBeCopy = file.found.rotated || head.encoding !== null;
    if (recognition.kind === 'shorter') {
      if (!mayBeCopy || isOwn) return null;
      putAside(file, head, 'shorter', generation);
      return 'aside';
    }
    if (isOwn || !deps.isPresent(generation)) return generation;
    if (!mayBeCopy) return null;
    putAside(file, head, 'copy', generation);
    return 'aside';
  }

  /** A rotated form of a named file that was there before the file was first followed. */
  function isOlderThanStart(file: FollowedFile): boolean {
    return file.found.found === 'sibling' && !state.startedPaths.has(file.found.source);
  }

  function ignore(file: FollowedFile, head: FileHead, firstLine: Buffer): Identified {
    const generation = registry.add(file.found, head.bytes, firstLine);
    generation.ignored = true;
    logger.info('A rotated log from before is not read; name it, or its folder, to read it.', { file: file.found.path });
    return finish(file, head, generation);
  }

  function finish(file: FollowedFile, head: FileHead, generation: Generation): Identified {
    registry.move(generation, file.found);
    generation.finished = { sizeBytes: head.stats.size, modifiedAtMs: head.stats.mtimeMs };
    generation.seenAtMs = clock.now();
    deps.onFinished();
    return 'close';
  }

  function putAside(file: FollowedFile, head: FileHead, reason: AsideFile['reason'], generation: Generation | null): Identified {
    const id = inodeKey(file.device, file.inode);
    const sinceMs = clock.now();
    const { size: sizeBytes, mtimeMs: modifiedAtMs } = head.stats;
    state.aside.set(id, { reason, generation, sizeBytes, modifiedAtMs, sinceMs, warned: state.aside.get(id)?.warned ?? false });
    if (reason === 'unrecognised' && !warned.has(file.found.realPath)) {
      warned.add(file.found.realPath);
      logger.warn('No known log format fits this file; it is left out. `source.format` takes the LogFormat string of the server.', {
        file: file.found.path,
      });
    }
    return 'close';
  }

  /** What the log was read by before, when that still fits; else what its first lines show. Null: no access log. */
  function chooseParser(file: FollowedFile, head: FileHead, ended: boolean, known: boolean): LineParser | null {
    const log = `${file.found.folder}/${file.found.base}`;
    const sample = sampleOf(head.bytes, ended, deps.maxLineBytes);
    const before = knownFormats.get(log);
    if (before !== undefined && deps.formats.fits(before, sample)) return before;
    const choice = deps.formats.choose(sample);
    if (choice.fits && sample.length > 0) knownFormats.set(log, choice.parser);
    return choice.parser ?? before ?? (known ? deps.formats.forced : null);
  }

  async function openContent(file: FollowedFile, head: FileHead, generation: Generation, parser: LineParser): Promise<FollowedFile['content']> {
    const { tracker } = generation;
    const start = tracker.taken;
    return {
      reader:
        head.encoding === null
          ? createPlainReader(file.handle, start.offset, deps.readBuffer, await readKnownBytes(file.handle, start.offset, head.bytes))
          : createCompressedReader(file.handle, head.encoding, start),
      splitter: new LineSplitter(deps.maxLineBytes, start.offset),
      intake: { key: generation.key, logFile: file.found.path, parser, tracker, counts: deps.counts(file.found.source), lastCheck: start.check },
      compressed: head.encoding !== null,
    };
  }

  async function holdsItsGeneration(file: FollowedFile): Promise<boolean> {
    const generation = registry.byInode(file.device, file.inode);
    if (generation === undefined) return false;
    if (await registry.isHeldBy(generation, file.handle, await readHead(file.handle))) return true;
    registry.detach(generation);
    return false;
  }

  return { identify, holdsItsGeneration };
}
