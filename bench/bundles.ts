/**
 * The services as they are shipped: their bundles, started with the flags that the images give.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { flagsOf } from './measure-process.ts';

const root = path.join(import.meta.dirname, '..');

export type ServiceName = 'ingest' | 'indexer';

/** Bundles what the source says now. Errors: throws when that fails. */
export function buildBundles(): void {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'tools/bundle.ts')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tools/bundle.ts ended with ${status ?? 'a signal'}:\n${stderr}`);
}

/** Arguments of `node` that start the bundle. */
export function bundle(name: ServiceName): string[] {
  const main = path.join(root, 'dist', name, 'main.js');
  return [...flagsOf(main), main];
}
