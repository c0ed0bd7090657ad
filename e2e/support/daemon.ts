/**
 * A daemon under test: started, asked over HTTP, stopped.
 */
import assert from 'node:assert/strict';

import { waitForCount } from '@sluice/testing';

import { parseObject } from './json-text.ts';

import type { ProcessResult, SpawnedProcess } from '@sluice/testing';
import type { JsonObject } from './json-text.ts';
import type { Sandbox } from './sandbox.ts';

export interface Daemon {
  readonly process: SpawnedProcess;
  readonly baseUrl: string;
  get(path: string): Promise<{ status: number; text: string }>;
  /** Samples of `/metrics` by name, all label sets of a name added up. */
  metrics(): Promise<Map<string, number>>;
  /** Every line on stderr; fails on a line that is no JSON object. */
  logLines(): JsonObject[];
  /** SIGTERM; asserts exit code 0 within the time. */
  stop(deadlineMs?: number): Promise<ProcessResult>;
}

export interface DaemonConfig {
  readonly paths: readonly string[];
  readonly [section: string]: unknown;
}

/** Looks at files often, so that tests wait for work and not for timers. */
const quick = { source: { poll_interval_ms: 50 }, performance: { batch_age_ms: 20 } };

/** Writes a configuration that follows the paths; other keys are sections merged in. JSON is YAML too. */
export function writeDaemonConfig(sandbox: Sandbox, { paths, ...sections }: DaemonConfig): string {
  const config: Record<string, unknown> = { ...quick, ...sections };
  config['source'] = { ...quick.source, paths, ...(sections['source'] as object | undefined) };
  config['performance'] = { ...quick.performance, ...(sections['performance'] as object | undefined) };
  return sandbox.write('daemon.yml', JSON.stringify(config, null, 2));
}

/** Starts `sluice --daemon --config ...` and waits until it answers. */
export async function startDaemon(sandbox: Sandbox, configPath: string, args: readonly string[] = []): Promise<Daemon> {
  const child = sandbox.start(['--daemon', '--config', configPath, ...args]);
  const baseUrl = await findAddress(child);
  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${baseUrl}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return {
    process: child,
    baseUrl,
    get,
    metrics: async () => sumSamples((await get('/metrics')).text),
    logLines: () => child.stderr.split('\n').slice(0, -1).map(parseObject),
    stop: async (deadlineMs = 20_000) => {
      const startedAtMs = performance.now();
      const result = await child.kill('SIGTERM');
      assert.equal(result.exitCode, 0, `a daemon ends with 0 after SIGTERM: ${result.stderr.slice(-2000)}`);
      assert.ok(performance.now() - startedAtMs < deadlineMs, 'ends within the deadline');
      return result;
    },
  };
}

/** The address in the log, whose port is a free one. */
export async function findAddress(child: SpawnedProcess): Promise<string> {
  const line = await child.waitForLine('http://', 60_000);
  const found = /https?:\/\/[\w.:[\]-]+:\d+/.exec(line)?.[0];
  assert.ok(found !== undefined, line);
  return found;
}

/** Samples of the text format by name, all label sets of a name added up. */
export function sumSamples(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const name = /^\w+/.exec(line)?.[0];
    if (name !== undefined) samples.set(name, (samples.get(name) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return samples;
}

/** Asserts received = stored + duplicate + dead-lettered + dropped + in flight. */
export async function assertIdentity(daemon: Daemon): Promise<Map<string, number>> {
  const metrics = await daemon.metrics();
  const of = (name: string): number => metrics.get(`sluice_records_${name}`) ?? assert.fail(`no metric sluice_records_${name}`);
  const ended =
    of('stored_total') +
    of('duplicate_total') +
    (metrics.get('sluice_records_dead_lettered_total') ?? 0) +
    (metrics.get('sluice_records_dropped_total') ?? 0);
  assert.equal(of('received_total'), ended + of('in_flight'));
  assert.ok(of('in_flight') >= 0, 'in flight is never negative');
  return metrics;
}

/** Waits until so many events are stored, asked through the daemon's socket. */
export function waitForEvents(sandbox: Sandbox, count: number): Promise<void> {
  return waitForCount(count, async () => Number((await sandbox.query('SELECT count(*) AS n FROM events'))[0]?.['n']), 'events in the store');
}
