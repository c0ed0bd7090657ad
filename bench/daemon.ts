/**
 * A daemon that follows one file: what it costs while nothing happens, and how long a line takes to be stored.
 * `node bench/daemon.ts [--idle-seconds N] [--appends N] [--samples N]`.
 *
 * Stored is what another process can see: after each append the daemon is asked for its count of events over its control
 * socket, again and again. The time of an answer is the upper end, so the asking itself is within the figure.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { loadConfig } from '@sluice/config';
import { openStoredEvents } from '@sluice/pipeline';
import { createLogGenerator, spawnProcess, waitFor } from '@sluice/testing';

import { appendLines, longestGapMs, percentiles, shortestGapMs } from './append-lines.ts';
import { commonOptions, reportSample, runBenchmark } from './harness.ts';
import { inWorkFolder, sluice } from './measure-process.ts';
import { processUsage } from './process-usage.ts';

import type { StoredEvents } from '@sluice/pipeline';
import type { LogGenerator } from '@sluice/testing';

const { values } = parseArgs({
  options: {
    ...commonOptions,
    samples: { type: 'string', default: '1' },
    'idle-seconds': { type: 'string', default: '60' },
    appends: { type: 'string', default: '500' },
  },
});
const idleSeconds = Number(values['idle-seconds']);
const appends = Number(values.appends);

const linesBefore = 1000;
/** Between two questions; each asks the daemon's main thread and its database for a moment. */
const pollPauseMs = 2;
/** Until compilation, the first batches and their checkpoints are over. */
const settleMs = 5000;

const cases = [
  { name: 'idle', title: 'nothing happens' },
  { name: 'appends', title: `single lines, ${shortestGapMs} to ${longestGapMs} ms apart` },
];

interface FollowedFile {
  readonly pid: number;
  readonly file: string;
  readonly generator: LogGenerator;
  readonly events: StoredEvents;
}

if (values.case === undefined) {
  const args = ['--idle-seconds', String(idleSeconds), '--appends', String(appends)];
  // The daemon has a machine to itself, but for the asking.
  runBenchmark({ name: 'daemon', script: import.meta.filename, cases, values, args, allCores: true });
} else {
  await withDaemon(values.case === 'idle' ? measureIdle : measureAppends);
}

async function withDaemon(work: (daemon: FollowedFile) => Promise<void>): Promise<void> {
  await inWorkFolder(async (folder) => {
    const generator = createLogGenerator({ seed: 3, targetLineBytes: 250 });
    const file = path.join(folder, 'access.log');
    writeFileSync(file, generator.buffer(linesBefore));
    const configFile = path.join(folder, 'config.yml');
    const settings = { source: { paths: [file] }, state: { directory: path.join(folder, 'state') }, monitoring: { metrics_port: 0 } };
    writeFileSync(configFile, JSON.stringify(settings));
    const child = spawnProcess([...sluice, '--daemon', '--config', configFile], { cwd: folder, timeoutMs: 3_600_000 });
    try {
      await child.waitForLine('Following.', 30_000);
      const events = await openStoredEvents(loadConfig({ path: configFile, env: {} }).config);
      await waitFor(async () => (await countEvents(events)) === linesBefore, 30_000, 'the lines of before');
      await sleep(settleMs);
      await work({ pid: child.pid, file, generator, events });
    } finally {
      await child.kill('SIGTERM');
    }
  });
}

async function measureIdle({ pid }: FollowedFile): Promise<void> {
  const [startedAt, before] = [performance.now(), processUsage(pid)];
  await sleep(idleSeconds * 1000);
  const after = processUsage(pid);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  reportSample({ wallSeconds, cpuSeconds, maxRssBytes: after.maxRssBytes, figures: { cpuPercent: (100 * cpuSeconds) / wallSeconds } });
}

async function measureAppends({ pid, file, generator, events }: FollowedFile): Promise<void> {
  const appendedAt: number[] = [];
  const [startedAt, before] = [performance.now(), processUsage(pid)];
  const appending = appendLines(file, appends, generator, (_line, atMs) => appendedAt.push(atMs));
  const { latencies, answers } = await watchCount(events, appendedAt);
  await appending;
  const after = processUsage(pid);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  reportSample({
    wallSeconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    maxRssBytes: after.maxRssBytes,
    figures: {
      appends,
      ...percentiles(latencies),
      meanAnswerMs: (wallSeconds * 1000) / answers,
    },
    series: { latencyMs: latencies.map((ms) => Math.round(ms * 10) / 10) },
  });
}

/** Asks until every line is counted. Lines of one file are stored in order, so a count of n means that the first n are in. */
async function watchCount(events: StoredEvents, appendedAt: readonly number[]): Promise<{ latencies: number[]; answers: number }> {
  const latencies: number[] = [];
  let answers = 0;
  while (latencies.length < appends) {
    const stored = (await countEvents(events)) - linesBefore;
    const now = performance.now();
    answers++;
    while (latencies.length < stored) latencies.push(now - (appendedAt[latencies.length] ?? Number.NaN));
    await sleep(pollPauseMs);
  }
  return { latencies, answers };
}

async function countEvents(events: StoredEvents): Promise<number> {
  let count = 0;
  for await (const rows of events.querySql('SELECT count(*) AS n FROM events')) count = Number(rows[0]?.['n'] ?? count);
  return count;
}
