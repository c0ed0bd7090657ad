import { readFileSync } from 'node:fs';

import { statusBytes } from './peak-rss.ts';

import type { ExitUsage } from './exit-usage.ts';

/** Linux counts in hundredths of a second for user space, whatever its own clock does. */
const ticksPerSecond = 100;

/** What a running process has used since its start, user and system time of all threads. Needs `/proc`. */
export function processUsage(pid: number): ExitUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the command, in brackets, may hold anything; after it `utime` and `stime` are the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, maxRssBytes: statusBytes(pid, 'VmHWM') ?? Number.NaN };
}
