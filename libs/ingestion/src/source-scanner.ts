/**
 * Turns `source.paths` into the files that are there now: files, globs and folders, and of a followed file its rotated
 * and compressed siblings. Looks only; opens nothing.
 */
import { SluiceError, messageOf } from '@sluice/errors';
import { glob, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, matchesGlob, resolve } from 'node:path';

import { parseRotationName } from './rotation-name.ts';

import type { SourceConfig } from '@sluice/config';
import type { Stats } from 'node:fs';

export type SourcePatterns = Pick<SourceConfig, 'include' | 'exclude'>;

export interface SourceFile {
  /** Entry of `source.paths` that led here. */
  readonly source: string;
  /** Absolute, as it was found: may be a symbolic link. */
  readonly path: string;
  readonly realPath: string;
  /** Real folder and name without rotation and compression suffix. */
  readonly folder: string;
  readonly base: string;
  readonly rotated: boolean;
  /** Named by the user, one of a folder, or a rotated form of a named file. */
  readonly found: 'named' | 'folder' | 'sibling';
  readonly device: number;
  readonly inode: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** False for pipes and devices, which can be read once and not followed. */
  readonly regular: boolean;
}

export interface SourceScan {
  /** Each file once, oldest first. */
  readonly files: readonly SourceFile[];
  /** Real and visible folders in which something may happen. */
  readonly folders: ReadonlySet<string>;
  /** SOURCE_UNREADABLE, by the path that is missing or cannot be read. */
  readonly errors: ReadonlyMap<string, SluiceError>;
}

/** Looks at all paths. Never throws for what it finds or does not find. */
export async function scanSources(paths: readonly string[], patterns: SourcePatterns, withSiblings: boolean): Promise<SourceScan> {
  const scan = { files: new Map<string, SourceFile>(), folders: new Set<string>(), errors: new Map<string, SluiceError>() };
  for (const source of paths) {
    try {
      await scanSource(source, patterns, withSiblings, scan);
    } catch (error) {
      scan.errors.set(source, unreadable(source, error));
    }
  }
  const files = [...scan.files.values()].sort((a, b) => a.modifiedAtMs - b.modifiedAtMs || Number(b.rotated) - Number(a.rotated));
  return { files, folders: scan.folders, errors: scan.errors };
}

interface GrowingScan {
  readonly files: Map<string, SourceFile>;
  readonly folders: Set<string>;
  readonly errors: Map<string, SluiceError>;
}

async function scanSource(source: string, patterns: SourcePatterns, withSiblings: boolean, scan: GrowingScan): Promise<void> {
  const path = resolve(source);
  const found = await stat(path).catch((error: unknown) => {
    if (isGlob(source)) return null;
    // The file may come; its rotated forms may be there.
    scan.folders.add(dirname(path));
    scan.errors.set(source, unreadable(source, error));
    return undefined;
  });
  if (found === null) {
    await scanGlob(source, patterns, withSiblings, scan);
  } else if (found?.isDirectory() === true) {
    await scanFolder(source, path, patterns, scan);
  } else {
    if (found !== undefined) await addFile(source, path, 'named', found, scan);
    if (withSiblings) await scanSiblings(source, path, scan);
  }
}

async function scanGlob(source: string, patterns: SourcePatterns, withSiblings: boolean, scan: GrowingScan): Promise<void> {
  let matches = 0;
  scan.folders.add(globRoot(source));
  for await (const match of glob(resolve(source))) {
    matches += 1;
    const path = resolve(match);
    const found = await stat(path).catch((error: unknown) => void scan.errors.set(path, unreadable(path, error)));
    if (found === undefined) continue;
    if (found.isDirectory()) await scanFolder(source, path, patterns, scan);
    else {
      await addFile(source, path, 'named', found, scan);
      if (withSiblings) await scanSiblings(source, path, scan);
    }
  }
  if (matches === 0) scan.errors.set(source, new SluiceError('SOURCE_UNREADABLE', `Nothing matches ${source}.`));
}

async function scanFolder(source: string, folder: string, patterns: SourcePatterns, scan: GrowingScan): Promise<void> {
  scan.folders.add(folder);
  for (const name of await readdir(folder)) {
    if (!isWanted(name, patterns)) continue;
    await addListed(source, join(folder, name), 'folder', scan);
  }
}

async function scanSiblings(source: string, path: string, scan: GrowingScan): Promise<void> {
  // Both beside the link and beside the file it points to.
  const real = await realpath(path).catch(() => path);
  for (const one of new Set([path, real])) {
    const folder = dirname(one);
    const base = parseRotationName(basename(one)).base;
    scan.folders.add(folder);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const sibling = join(folder, name);
      if (sibling !== one && parseRotationName(name).base === base) await addListed(source, sibling, 'sibling', scan);
    }
  }
}

/** A file of a listing: it may be gone again, and only regular files count. */
async function addListed(source: string, path: string, found: SourceFile['found'], scan: GrowingScan): Promise<void> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isFile() === true) await addFile(source, path, found, stats, scan);
}

async function addFile(source: string, path: string, found: SourceFile['found'], stats: Stats, scan: GrowingScan): Promise<void> {
  const realPath = await realpath(path).catch(() => path);
  const known = scan.files.get(realPath);
  // The same file by several ways: a name without rotation mark says most, then one the user gave.
  const viaLiveName = known?.rotated === true && !parseRotationName(basename(path)).rotated;
  if (known !== undefined && !viaLiveName && (known.found !== 'sibling' || found === 'sibling')) return;
  const folder = dirname(realPath);
  const { base, rotated } = parseRotationName(basename(realPath));
  scan.folders.add(dirname(path));
  scan.folders.add(folder);
  scan.files.set(realPath, {
    source,
    path,
    realPath,
    folder,
    base,
    // A link without a mark is the live name, whatever the file behind it is called.
    rotated: rotated && parseRotationName(basename(path)).rotated,
    found,
    device: stats.dev,
    inode: stats.ino,
    sizeBytes: stats.size,
    modifiedAtMs: stats.mtimeMs,
    regular: stats.isFile(),
  });
}

/** True for a name of a folder that `include` matches and `exclude` does not, with or without its rotation suffix. */
export function isWanted(name: string, patterns: SourcePatterns): boolean {
  const { base } = parseRotationName(name);
  const matches = (pattern: string): boolean => matchesGlob(name, pattern) || matchesGlob(base, pattern);
  return patterns.include.some(matches) && !patterns.exclude.some(matches);
}

function isGlob(path: string): boolean {
  return /[*?[\]{}]/.test(path);
}

/** The folder above the first part with a wildcard. */
function globRoot(pattern: string): string {
  const parts = resolve(pattern).split('/');
  const wild = parts.findIndex(isGlob);
  return parts.slice(0, wild).join('/') || '/';
}

/** What is wrong with a path, in a sentence. */
export function unreadable(path: string, error: unknown): SluiceError {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' || code === 'EPERM' ? 'may not be read by this user' : messageOf(error);
  return new SluiceError('SOURCE_UNREADABLE', `${path} ${why}.`, { cause: error, data: { path } });
}
