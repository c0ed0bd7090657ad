/**
 * A service that runs while it is measured.
 */
import { spawnProcess } from '@sluice/testing';

import { bundle } from './bundles.ts';
import { processUsage } from './process-usage.ts';

import type { ServiceName } from './bundles.ts';
import type { ExitUsage } from './exit-usage.ts';

export interface RunningService {
  readonly pid: number;
  /** Since its start; waits for nothing. */
  usage(): ExitUsage;
  /** A sample of `/metrics`, all label sets of the name added up; 0 when there is none. */
  metric(name: string): Promise<number>;
  /** SIGTERM. Errors: throws when it does not end with 0. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

const startDeadlineMs = 60_000;
const longestRunMs = 3_600_000;

/** For `node --import`: its standard input ends with whoever started it, and then so does the service. */
const endWithStarter = `data:text/javascript,${encodeURIComponent(`
  process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref();
`)}`;

/** What a service logs when it begins to work. */
const ready: Readonly<Record<ServiceName, string>> = { ingest: 'Following.', indexer: 'Consuming.' };

/** Starts it, without waiting for more than the process. */
export function launchService(name: ServiceName, configFile: string, folder: string): RunningService & { readonly ready: Promise<void> } {
  const child = spawnProcess(['--import', endWithStarter, ...bundle(name), '--config', configFile], { cwd: folder, timeoutMs: longestRunMs });
  return {
    pid: child.pid,
    ready: child.waitForLine(ready[name], startDeadlineMs).then(() => undefined),
    usage: () => processUsage(child.pid),
    metric: async (metric) => {
      const [baseUrl] = /https?:\/\/[\w.:[\]-]+:\d+/.exec(await child.waitForLine('http://', startDeadlineMs)) ?? [];
      return sumOf(await (await fetch(`${baseUrl ?? ''}/metrics`)).text(), metric);
    },
    stop: async () => {
      const { exitCode, stderr } = await child.kill('SIGTERM');
      if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode ?? 'a signal'}:\n${stderr.slice(-4000)}`);
    },
    kill: async () => {
      await child.kill('SIGKILL');
    },
  };
}

/** Starts it and waits until it works. */
export async function startService(name: ServiceName, configFile: string, folder: string): Promise<RunningService> {
  const service = launchService(name, configFile, folder);
  await service.ready;
  return service;
}

function sumOf(text: string, metric: string): number {
  const samples = text.split('\n').filter((line) => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
