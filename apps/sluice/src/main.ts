#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=40 --no-allocation-site-pretenuring
/**
 * The `sluice` command: checks the runtime, hands over to the CLI, ends the process with its exit code.
 *
 * The flags (the same in package.json) keep the heap close to what is in use: left alone, V8 lets short-lived events
 * take 300 MB that it could have collected (`node bench/memory.ts`).
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `sluice: Node.js 24 or newer is needed, this is ${process.version}. Run it through npm after \`npm ci\`, or install Node.js 24.\n`,
  );
  process.exit(1);
}

// A reader that went away (`sluice inspect | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
// Nobody who reads messages is no reason to end otherwise than without them.
process.stderr.on('error', () => undefined);

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) {
      stopping.abort();
      return;
    }
    // The first signal drains and stops, a second one ends at once, by the signal itself: an orderly exit would wait for
    // the database's thread, and can crash in it.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

// Compiled modules are kept between runs: a third less time to start. In the installation, not in a folder that others may write.
const compileCache = join(import.meta.dirname, '../../../node_modules/.cache/sluice');
enableCompileCache(compileCache);
// The same for the store's thread: without it the thread loads the type stripper, 25 MB and 0.2 s.
process.env['NODE_COMPILE_CACHE'] ??= compileCache;
const { runCli } = await import('./cli.ts');
const terminal = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env };
process.exitCode = await runCli(process.argv.slice(2), terminal, stopping.signal);
