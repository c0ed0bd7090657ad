/**
 * Looks at the folders again and again: opens what is new, follows what was renamed, notices what is gone.
 *
 * Invariant: a file is left alone only when it was read to its end with its present size and time, or when the reason is
 * noted in `aside` and holds; everything else is opened and recognised anew.
 */
import { SluiceError, messageOf } from '@sluice/errors';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { inodeKey } from './followed-file.ts';
import { openLogFile } from './open-file.ts';
import { parseRotationName } from './rotation-name.ts';
import { scanSources, unreadable } from './source-scanner.ts';

import type { Identifier } from './follow-identify.ts';
import type { FollowedFile, FollowState } from './followed-file.ts';
import type { Generation } from './generation-registry.ts';
import type { SourceFile, SourcePatterns, SourceScan } from './source-scanner.ts';
import type { Clock, IngestionTelemetry, Logger } from '@sluice/ports';

export interface DiscoveryConfig {
  readonly paths: readonly string[];
  readonly patterns: SourcePatterns;
  /** A compressed file that changed within this time is left to whoever writes it. */
  readonly compressedSettleMs: number;
  /** Files held open at once. */
  readonly maxOpenFiles: number;
}

export interface DiscoveryDeps {
  readonly state: FollowState;
  readonly identifier: Identifier;
  readonly telemetry: Pick<IngestionTelemetry, 'rotationSeen'>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Null: the trouble is over. */
  readonly onError: (source: string, error: SluiceError | null) => void;
}

export interface Discovery {
  /** Looks at everything once; resolves to the folders in which something may happen. */
  discover(): Promise<ReadonlySet<string>>;
  /** True when the file that holds the generation is still there, as far as known. */
  isPresent(generation: Generation): boolean;
  /** True when a change of this path asks for another look: a file that is known and not open. */
  isWaitedFor(path: string): boolean;
}

/** After this a compressed file that does not change and does not end is reported. */
const unfinishedWarnMs = 60_000;

/** Builds the discovery. */
export function createDiscovery(config: DiscoveryConfig, deps: DiscoveryDeps): Discovery {
  const { state, logger, clock } = deps;
  const { registry, active, aside } = state;
  /** Inodes of the last look. */
  let present = new Map<string, SourceFile>();
  let byPath = new Map<string, SourceFile>();
  const troubles = new Map<string, string>();
  let first = true;

  async function discover(): Promise<ReadonlySet<string>> {
    const scan = await scanSources(config.paths, config.patterns, true);
    reportTroubles(scan);
    const files = first ? [...scan.files, ...(await findLeftBehind(scan))] : scan.files;
    present = new Map(files.map((file) => [inodeKey(file.device, file.inode), file]));
    byPath = new Map(files.flatMap((file) => [[file.path, file] as const, [file.realPath, file] as const]));
    for (const file of active.values()) await updateWhereabouts(file);
    for (const id of aside.keys()) if (!present.has(id)) aside.delete(id);
    const fresh = files.filter(isFresh);
    // What an inode proves is settled first: only then is it known which generations have lost their file.
    const isKnownInode = (file: SourceFile): boolean => registry.byInode(file.device, file.inode) !== undefined;
    for (const file of fresh.filter(isKnownInode)) await admit(file, true);
    for (const file of fresh) if (!active.has(inodeKey(file.device, file.inode)) && isFresh(file)) await admit(file, false);
    for (const source of config.paths) state.startedPaths.add(source);
    first = false;
    return scan.folders;
  }

  function isPresent(generation: Generation): boolean {
    if (generation.inode === 0) return false;
    const id = inodeKey(generation.device, generation.inode);
    return active.has(id) || present.has(id);
  }

  /** Files that were not read to their end and that no path leads to any more, such as the old target of a link. */
  async function findLeftBehind(scan: SourceScan): Promise<SourceFile[]> {
    const seen = new Set(scan.files.map((file) => inodeKey(file.device, file.inode)));
    const found: SourceFile[] = [];
    for (const generation of registry.unfinished()) {
      if (seen.has(inodeKey(generation.device, generation.inode))) continue;
      const stats = await stat(generation.path).catch(() => null);
      if (stats?.isFile() !== true || stats.dev !== generation.device || stats.ino !== generation.inode) continue;
      const { path } = generation;
      const { base } = parseRotationName(basename(path));
      const identity = { source: path, path, realPath: path, folder: dirname(path), base, rotated: true, found: 'named', regular: true } as const;
      found.push({ ...identity, device: stats.dev, inode: stats.ino, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs });
    }
    return found;
  }

  async function updateWhereabouts(file: FollowedFile): Promise<void> {
    const seen = present.get(inodeKey(file.device, file.inode));
    if (seen !== undefined) {
      if (seen.realPath !== file.found.realPath && file.gone === null) noteRotation(file, 'renamed', seen.path);
      file.found = seen;
      file.gone = null;
      if (file.generation !== null) {
        file.generation.path = seen.realPath;
        file.generation.seenAtMs = clock.now();
      }
      return;
    }
    if (file.gone === 'deleted') return;
    const { nlink } = await file.handle.stat();
    const gone = nlink === 0 ? 'deleted' : 'renamed';
    if (file.gone !== gone) noteRotation(file, gone, null);
    file.gone = gone;
  }

  function noteRotation(file: FollowedFile, kind: 'renamed' | 'deleted', to: string | null): void {
    deps.telemetry.rotationSeen(kind);
    logger.info(kind === 'deleted' ? 'A followed file was deleted; it is read to its end.' : 'A followed file was renamed; it is read to its end.', {
      file: file.found.path,
      ...(to === null ? {} : { to }),
    });
  }

  function isFresh(file: SourceFile): boolean {
    const id = inodeKey(file.device, file.inode);
    if (active.has(id)) return false;
    if (!file.regular) {
      trouble(file.source, file.path, new SluiceError('SOURCE_UNREADABLE', `${file.path} is no regular file; only files can be followed.`));
      return false;
    }
    const generation = registry.byInode(file.device, file.inode);
    if (generation?.finished?.sizeBytes === file.sizeBytes && generation.finished.modifiedAtMs === file.modifiedAtMs) {
      generation.path = file.realPath;
      generation.seenAtMs = clock.now();
      return false;
    }
    return !staysAside(id, file);
  }

  function staysAside(id: string, file: SourceFile): boolean {
    const set = aside.get(id);
    if (set === undefined) return false;
    if (set.reason === 'unrecognised') return file.sizeBytes < set.sizeBytes * 2;
    if (set.sizeBytes !== file.sizeBytes || set.modifiedAtMs !== file.modifiedAtMs) return false;
    if (set.reason === 'copy') return set.generation !== null && isPresent(set.generation);
    if (set.reason === 'young') return clock.now() - set.sinceMs < config.compressedSettleMs;
    if (set.reason === 'unfinished' && !set.warned && clock.now() - set.sinceMs >= unfinishedWarnMs) {
      set.warned = true;
      const message = `${file.path} is cut off; it is read on when it grows.`;
      logger.warn(message, { file: file.path });
      deps.onError(file.source, new SluiceError('SOURCE_CORRUPT', message));
    }
    return true;
  }

  /** Opens a file and decides what becomes of it. `byInode`: only if its inode told the truth. */
  async function admit(file: SourceFile, byInode: boolean): Promise<void> {
    if (isYoung(file)) return;
    if (active.size >= config.maxOpenFiles) {
      // The oldest come first; the others follow when these are done.
      state.scanDue = true;
      return;
    }
    const followed = await open(file);
    if (followed === null) return;
    const id = inodeKey(followed.device, followed.inode);
    try {
      if (byInode && !(await deps.identifier.holdsItsGeneration(followed))) {
        await followed.handle.close();
        return;
      }
      active.set(id, followed);
      if ((await deps.identifier.identify(followed, false, false)) !== 'close') return;
    } catch (error) {
      trouble(file.source, file.path, unreadable(file.path, error));
    }
    active.delete(id);
    await followed.handle.close();
  }

  async function open(file: SourceFile): Promise<FollowedFile | null> {
    try {
      const handle = await openLogFile(file.path);
      const stats = await handle.stat();
      if (!stats.isFile() || active.has(inodeKey(stats.dev, stats.ino))) {
        await handle.close();
        return null;
      }
      clearTrouble(file.source, file.path);
      const nowMs = clock.now();
      return {
        found: { ...file, device: stats.dev, inode: stats.ino },
        handle,
        device: stats.dev,
        inode: stats.ino,
        generation: null,
        content: null,
        sizeBytes: -1,
        modifiedAtMs: 0,
        changedAtMs: Math.min(nowMs, stats.mtimeMs),
        atEnd: false,
        gone: null,
      };
    } catch (error) {
      trouble(file.source, file.path, unreadable(file.path, error));
      return null;
    }
  }

  /** A compressed file that may still be written; what is known of it does not matter. */
  function isYoung(file: SourceFile): boolean {
    if (!parseRotationName(basename(file.realPath)).compressed) return false;
    const id = inodeKey(file.device, file.inode);
    const nowMs = clock.now();
    const ageMs = nowMs - file.modifiedAtMs;
    if (ageMs >= config.compressedSettleMs) return false;
    const set = aside.get(id);
    const unchanged = set?.sizeBytes === file.sizeBytes && set.modifiedAtMs === file.modifiedAtMs;
    if (unchanged && nowMs - set.sinceMs >= config.compressedSettleMs) return false;
    if (!unchanged) {
      const { sizeBytes, modifiedAtMs } = file;
      aside.set(id, { reason: 'young', generation: null, sizeBytes, modifiedAtMs, sinceMs: nowMs, warned: false });
    }
    return true;
  }

  function reportTroubles(scan: SourceScan): void {
    for (const [path, error] of scan.errors) trouble(path, path, error);
    for (const path of config.paths) if (!scan.errors.has(path)) clearTrouble(path, path);
  }

  /** One warning until it is over. */
  function trouble(source: string, path: string, error: SluiceError): void {
    deps.onError(source, error);
    if (troubles.get(path) === error.message) return;
    troubles.set(path, error.message);
    logger.warn(`${error.message} It is tried again until it works.`, { code: error.code, path, reason: messageOf(error.cause ?? error) });
  }

  function clearTrouble(source: string, path: string): void {
    if (!troubles.delete(path)) return;
    deps.onError(source, null);
    logger.info('A log can be read again.', { path });
  }

  function isWaitedFor(path: string): boolean {
    const file = byPath.get(path);
    if (file === undefined) return false;
    const id = inodeKey(file.device, file.inode);
    return !active.has(id) && aside.get(id)?.reason !== 'unrecognised';
  }

  return { discover, isPresent, isWaitedFor };
}
