/**
 * CPU time of each thread of a running process, by the name of the thread. Needs `/proc`.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for user space, whatever its own clock does. */
const ticksPerSecond = 100;

/** What the threads of a process do, by the names that Node.js and we give them. */
const tasks: Readonly<Record<string, string>> = {
  MainThread: 'main: read, parse, enrich, hand over',
  'sluice-store': 'store: fill chunks, append, compress',
  'libuv-worker': "Node's pool: files, commits, queries",
  V8Worker: "V8's workers: garbage, compilation",
};

/** Adds what the threads have used so far to `usage`, by thread; ended ones keep their last figure. */
export function sampleThreads(pid: number, usage: Map<string, { task: string; cpuSeconds: number }>): void {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      const end = stat.lastIndexOf(')');
      const fields = stat.slice(end + 2).split(' ');
      const name = stat.slice(stat.indexOf('(') + 1, end);
      usage.set(thread, { task: tasks[name] ?? name, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond });
    }
  } catch {
    // A thread, or the process, has just ended.
  }
}

/** Seconds of all threads with the same task, the busiest task first. */
export function sumByTask(usage: ReadonlyMap<string, { task: string; cpuSeconds: number }>): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { task, cpuSeconds } of usage.values()) sums.set(task, (sums.get(task) ?? 0) + cpuSeconds);
  return Object.fromEntries([...sums].filter(([, seconds]) => seconds >= 0.05).sort(([, one], [, other]) => other - one));
}
