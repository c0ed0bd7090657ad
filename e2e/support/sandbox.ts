/**
 * A working folder of its own for one test, with the real `sluice` command in it. Every process is started as a user
 * would: by node, in that folder, with an environment of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { runProcess, spawnProcess, temporaryFolder } from '@sluice/testing';

import { parseRows } from './json-text.ts';

import type { ProcessOptions, ProcessResult, SpawnedProcess } from '@sluice/testing';
import type { JsonObject } from './json-text.ts';

export const workspaceRoot = resolve(import.meta.dirname, '../..');
export const mainPath = join(workspaceRoot, 'apps/sluice/src/main.ts');

export type AppName = 'sluice' | 'ingest' | 'indexer';

/** What is shipped: the bundle of an app, as the images run it. */
export function bundlePath(app: AppName): string {
  return join(workspaceRoot, 'dist', app, 'main.js');
}

/** Ports that nobody else has, and a host name that no other machine changes. */
const baseEnv = {
  SLUICE_MONITORING__METRICS_PORT: '0',
  SLUICE_SOURCE__ID: 'e2e',
  // A process starts in half the time; hundreds are started.
  NODE_COMPILE_CACHE: join(workspaceRoot, 'node_modules/.cache/sluice-e2e'),
};

export interface Sandbox {
  readonly folder: string;
  /** Absolute path of a name in the folder. */
  path(name: string): string;
  /** Writes a file, with the folders above it; returns its absolute path. */
  write(name: string, content: string | Buffer): string;
  /** Runs `sluice ...args` to its end. */
  sluice(args: readonly string[], options?: ProcessOptions): Promise<ProcessResult>;
  /** Starts `sluice ...args`; it is killed when the test ends. */
  start(args: readonly string[], options?: ProcessOptions): SpawnedProcess;
  /** Runs the bundle of an app to its end. */
  runBundle(app: AppName, args: readonly string[], options?: ProcessOptions): Promise<ProcessResult>;
  /** Starts the bundle of an app; it is killed when the test ends. */
  startBundle(app: AppName, args: readonly string[], options?: ProcessOptions): SpawnedProcess;
  /** Rows of `sluice query --json`; throws with its whole output when it fails or says anything else on stdout. */
  query(sql: string, args?: readonly string[]): Promise<JsonObject[]>;
}

interface TestContext {
  after(hook: () => Promise<void>): void;
}

/** Creates the folder; it is removed after every process started in it was killed, and after `beforeRemoval`. */
export async function createSandbox(
  t: TestContext,
  extras: { env?: Readonly<Record<string, string>>; beforeRemoval?: () => void } = {},
): Promise<Sandbox> {
  const children: SpawnedProcess[] = [];
  t.after(async () => {
    await Promise.all(children.map((child) => child.kill()));
    extras.beforeRemoval?.();
  });
  const folder = await temporaryFolder(t);
  const optionsOf = (options: ProcessOptions = {}): ProcessOptions => ({
    cwd: folder,
    ...options,
    env: { ...baseEnv, ...extras.env, ...options.env },
  });

  const path = (name: string): string => join(folder, name);
  const sluice = (args: readonly string[], options?: ProcessOptions): Promise<ProcessResult> => runProcess([mainPath, ...args], optionsOf(options));
  const startScript = (script: string, args: readonly string[], options?: ProcessOptions): SpawnedProcess => {
    const child = spawnProcess([script, ...args], { timeoutMs: 240_000, ...optionsOf(options) });
    children.push(child);
    return child;
  };
  return {
    folder,
    path,
    sluice,
    write: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
    start: (args, options) => startScript(mainPath, args, options),
    runBundle: (app, args, options) => runProcess([bundlePath(app), ...args], { timeoutMs: 120_000, ...optionsOf(options) }),
    startBundle: (app, args, options) => startScript(bundlePath(app), args, options),
    query: async (sql, args = []) => {
      const { exitCode, stdout, stderr } = await sluice(['query', sql, '--json', ...args]);
      if (exitCode !== 0) throw new Error(`query ended with ${exitCode ?? 'a signal'}: ${sql}\n${stdout.slice(0, 2000)}${stderr}`);
      return parseRows(stdout);
    },
  };
}
