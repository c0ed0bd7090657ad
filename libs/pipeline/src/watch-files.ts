/**
 * Tells when files change. They are looked at every few seconds rather than watched: that works on every file system, and a
 * file that is still being written is told by looking twice.
 */
import { stat } from 'node:fs/promises';

const usualIntervalMs = 2000;

export interface FileWatch {
  /** Looks now. Never rejects. */
  look(): Promise<void>;
  /** Stops looking. */
  close(): void;
}

export interface FileWatchOptions {
  readonly intervalMs?: number;
  /** The files that a path stands for, asked at every look; the path itself when left out. */
  readonly filesOf?: (path: string) => Promise<readonly string[]>;
}

/**
 * Starts with the files as they are now, so open a watch before reading them. A file that its folder no longer lists is still watched.
 *
 * Invariant: `onChange` is called once for each state that a file has at two looks in a row, a missing file included. It must not throw.
 */
export async function watchFiles(
  paths: readonly string[],
  onChange: (path: string) => void,
  { intervalMs = usualIntervalMs, filesOf = (path) => Promise.resolve([path]) }: FileWatchOptions = {},
): Promise<FileWatch> {
  const list = async (): Promise<readonly string[]> => (await Promise.all(paths.map(filesOf))).flat();
  const told = new Map<string, string>();
  const seen = new Map<string, string>();
  for (const path of await list()) told.set(path, await stateOf(path));

  const lookAtAll = async (): Promise<void> => {
    for (const path of new Set([...told.keys(), ...(await list())])) {
      const state = await stateOf(path);
      const settled = seen.get(path) === state;
      seen.set(path, state);
      if (!settled || told.get(path) === state) continue;
      told.set(path, state);
      onChange(path);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => (looking = looking.then(lookAtAll));
  const timer = paths.length === 0 ? undefined : setInterval(() => void look(), intervalMs).unref();
  return { look, close: () => clearInterval(timer) };
}

/** Of a file; where there is a folder there is none. */
async function stateOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'missing';
    const { size, mtimeMs, ctimeMs, ino } = found;
    return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  } catch {
    return 'missing';
  }
}
