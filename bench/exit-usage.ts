/**
 * Makes a process say at its exit what it used: from outside it cannot be asked after its end, and looking while it runs
 * misses the last moments.
 */
export interface ExitUsage {
  /** User and system time of all threads, start of the process included. */
  readonly cpuSeconds: number;
  readonly maxRssBytes: number;
}

/** Variable with the path of the file that the usage goes to. */
export const usageFileVariable = 'SLUICE_BENCH_USAGE';

/**
 * For `node --import`. Plain JavaScript in a URL: a TypeScript file would load the type stripper into every process that is
 * measured. Threads of the process load it too, and say nothing. `maxRSS` would begin with that of the starting process.
 */
export const exitUsageModule = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeFileSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    let maxRssBytes = process.resourceUsage().maxRSS * 1024;
    try {
      maxRssBytes = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
    } catch {}
    writeFileSync(process.env.${usageFileVariable}, JSON.stringify({ cpuSeconds: (user + system) / 1e6, maxRssBytes }));
  });
`)}`;
