/**
 * Wakes the follower when something happens in a folder. A hint only: polling finds what no event told, so a file system
 * without events or a used-up watch limit costs latency and nothing else.
 */
import { messageOf } from '@sluice/errors';
import { watch } from 'node:fs';
import { join } from 'node:path';

import type { Logger } from '@sluice/ports';
import type { FSWatcher } from 'node:fs';

export interface FolderWatch {
  /** Watches exactly these folders. */
  setFolders(folders: Iterable<string>): void;
  /** Resolves at the next event, at once when there was one since the last call, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>;
  /** Makes `wait` resolve. */
  wake(): void;
  /** Files that events named, and whether names came or went; both are cleared by the call. */
  takeEvents(): { readonly paths: ReadonlySet<string>; readonly namesChanged: boolean };
  close(): void;
}

/** Builds a watch over no folder yet. */
export function createFolderWatch(logger: Logger): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  let warned = false;
  let paths = new Set<string>();
  let namesChanged = false;
  let pending = false;
  let wakeUp: (() => void) | null = null;

  function wake(): void {
    pending = true;
    wakeUp?.();
  }

  function onEvent(folder: string, event: string, name: string | null): void {
    if (event === 'rename' || name === null) namesChanged = true;
    if (name !== null) paths.add(join(folder, name));
    wake();
  }

  function start(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => onEvent(folder, event, name));
      watcher.on('error', () => drop(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      // The folder may be missing until it is created.
      if (warned || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return;
      warned = true;
      logger.warn('File system events are not available; files are polled.', { folder, reason: messageOf(error) });
    }
  }

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  return {
    setFolders: (folders) => {
      const wanted = new Set(folders);
      for (const folder of watchers.keys()) if (!wanted.has(folder)) drop(folder);
      for (const folder of wanted) if (!watchers.has(folder)) start(folder);
    },
    wait: (timeoutMs) => {
      if (pending) {
        pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const timer = setTimeout(finish, timeoutMs);
        wakeUp = finish;
        function finish(): void {
          clearTimeout(timer);
          wakeUp = null;
          pending = false;
          resolve();
        }
      });
    },
    wake,
    takeEvents: () => {
      const taken = { paths, namesChanged };
      paths = new Set();
      namesChanged = false;
      return taken;
    },
    close: () => {
      for (const folder of [...watchers.keys()]) drop(folder);
      wake();
    },
  };
}
