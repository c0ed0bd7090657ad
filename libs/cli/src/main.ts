/**
 * What every command's main.ts does: checks the runtime, hands over to the command line, ends the process with its exit code.
 * It loads nothing of the product before the runtime is known to be the right one.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

import type { RunCommandLine } from './command.ts';

/** Runs the command line that `load` gives, with the arguments of this process. */
export async function runMain(load: () => Promise<RunCommandLine>): Promise<void> {
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

  // Compiled modules are kept between runs: a third less time to start. In the installation, not in a folder that others may write.
  // The variable is for the store's thread: without it the thread loads the type stripper, 25 MB and 0.2 s.
  if (import.meta.filename.endsWith('.ts')) {
    const compileCache = join(import.meta.dirname, '../../../node_modules/.cache/sluice');
    enableCompileCache(compileCache);
    process.env['NODE_COMPILE_CACHE'] ??= compileCache;
  }

  const terminal = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env };
  const stopping = stopSignal();
  const runCommandLine = await load();
  process.exitCode = await runCommandLine(process.argv.slice(2), terminal, stopping);
}

/** Aborts at the first SIGINT or SIGTERM. */
function stopSignal(): AbortSignal {
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
      // The first process of a container is spared by the kernel; this ends it just as abruptly.
      setTimeout(() => (process as unknown as { reallyExit(code: number): void }).reallyExit(signal === 'SIGINT' ? 130 : 143), 50);
    });
  }
  return stopping.signal;
}
