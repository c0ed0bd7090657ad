/**
 * Locations by address, from MMDB files that may come, change and go while we run.
 *
 * Files are looked at every few seconds rather than watched: that works on every file system, and a file that is
 * still growing is told by looking twice. A new file is read beside the old one and takes its place in one step;
 * until it can be read whole, the old one stays.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { messageOf } from '@sluice/errors';

import { fingerprintOf, openGeoFile } from './geo-file.ts';
import { mergeGeo } from './geo-record.ts';
import { toPublicAddress } from './ip-address.ts';

import type { Geo, GeoLookup, Logger } from '@sluice/ports';
import type { GeoFile } from './geo-file.ts';

export interface GeoDatabaseDeps {
  readonly logger: Logger;
  /** How often files are looked at, in ms; 0 for never. */
  readonly pollIntervalMs?: number;
}

export interface GeoDatabase extends GeoLookup {
  readonly revision: number;
  /** The files in use. */
  databases(): readonly Omit<GeoFile, 'lookup'>[];
  /** `ready`: every path is in use; `partial`: some; `missing`: none, every look-up is null. */
  status(): 'ready' | 'partial' | 'missing';
  /** Looks at the files now. A file that changed is read once it is the same at two looks in a row. Never rejects. */
  refresh(): Promise<void>;
  /** Stops looking at files; look-ups go on answering. */
  close(): void;
}

interface Tracked {
  file: GeoFile | null;
  /** State of the file at the last look, and at the last attempt to read it. */
  seen: string;
  tried: string;
  warned: boolean;
}

/**
 * Opens the databases: files, or folders of which every `.mmdb` file is taken. City and ASN files may be mixed.
 *
 * Invariant: resolves and goes on whatever the files are like; each file that is missing or damaged is warned of
 * once, and used as soon as it is there and whole. `lookup` never throws.
 * Cost: memory is the size of the files (137 MB for both DB-IP city files, 186 MB RSS), twice that of a file while it
 * is replaced. A look-up takes 1-9 us: callers remember answers.
 */
export async function createGeoDatabase(paths: string | readonly string[], deps: GeoDatabaseDeps): Promise<GeoDatabase> {
  const { logger, pollIntervalMs = 2000 } = deps;
  const configured = typeof paths === 'string' ? [paths] : paths;
  const tracked = new Map<string, Tracked>();
  let filesOf: Record<4 | 6, readonly GeoFile[]> = { 4: [], 6: [] };
  let revision = 0;
  let starting = true;

  const warnOnce = (file: string, state: Tracked, reason: string): void => {
    if (state.warned) return;
    state.warned = true;
    const effect = state.file === null ? 'no locations come from it until it can be read' : 'the copy in memory stays in use';
    logger.warn(`Location database ${file} cannot be read: ${reason}; ${effect}`);
  };

  const look = async (file: string): Promise<boolean> => {
    let state = tracked.get(file);
    if (state === undefined) tracked.set(file, (state = { file: null, seen: '', tried: '', warned: false }));
    try {
      const fingerprint = await fingerprintOf(file);
      const settled = starting || fingerprint === state.seen;
      state.seen = fingerprint;
      if (!settled || fingerprint === state.tried) return false;
      state.tried = fingerprint;
      state.file = await openGeoFile(file);
      state.warned = false;
      logger.info(`Location database ${file} loaded`, { type: state.file.type, built_at: state.file.builtAt });
      return true;
    } catch (error) {
      // Missing, or unreadable for now: tried again even if it looks the same.
      if (error instanceof Error && 'syscall' in error) state.tried = '';
      warnOnce(file, state, messageOf(error));
      return false;
    }
  };

  const lookAtAll = async (): Promise<void> => {
    const wanted = (await Promise.all(configured.map((name) => expandFolder(name, tracked)))).flat();
    let changed = false;
    for (const file of wanted) changed = (await look(file)) || changed;
    for (const file of tracked.keys()) if (!wanted.includes(file)) changed = tracked.delete(file) || changed;
    starting = false;
    if (!changed) return;
    const files = wanted.flatMap((name) => tracked.get(name)?.file ?? []);
    filesOf = { 4: files.filter((file) => file.families.includes(4)), 6: files.filter((file) => file.families.includes(6)) };
    revision++;
  };

  let looking: Promise<void> = Promise.resolve();
  const refresh = (): Promise<void> => (looking = looking.then(lookAtAll));
  await refresh();
  const timer = pollIntervalMs > 0 ? setInterval(() => void refresh(), pollIntervalMs).unref() : undefined;

  return {
    get revision() {
      return revision;
    },
    lookup: (ip) => {
      const address = toPublicAddress(ip);
      if (address === null) return null;
      let found: Geo | null = null;
      for (const file of filesOf[address.family]) {
        try {
          const geo = file.lookup(address.text);
          if (geo !== null) found = found === null ? geo : mergeGeo(found, geo);
        } catch (error) {
          const state = tracked.get(file.path);
          if (state !== undefined) warnOnce(file.path, state, `damaged data (${messageOf(error)})`);
        }
      }
      return found;
    },
    databases: () => [...tracked.values()].flatMap(({ file }) => (file === null ? [] : [describe(file)])),
    status: () => {
      const states = [...tracked.values()];
      const open = states.filter(({ file }) => file !== null).length;
      if (open === 0) return 'missing';
      return open === states.length ? 'ready' : 'partial';
    },
    refresh,
    close: () => clearInterval(timer),
  };
}

/**
 * The `.mmdb` files of a folder by name, or the path itself. A folder without one stands for itself, and is warned of;
 * one that cannot be read for now keeps the files it had.
 */
async function expandFolder(name: string, tracked: ReadonlyMap<string, Tracked>): Promise<string[]> {
  try {
    if (!(await stat(name)).isDirectory()) return [name];
    const files = (await readdir(name)).filter((entry) => entry.endsWith('.mmdb')).sort();
    return files.length === 0 ? [name] : files.map((entry) => path.join(name, entry));
  } catch {
    const known = [...tracked.keys()].filter((file) => path.dirname(file) === path.normalize(name));
    return known.length === 0 ? [name] : known;
  }
}

function describe({ path: name, type, builtAt, sizeBytes, families }: GeoFile): Omit<GeoFile, 'lookup'> {
  return { path: name, type, builtAt, sizeBytes, families };
}
