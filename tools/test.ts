/**
 * `npm test`: every check in order, stopping at the first stage that fails.
 * Format and lint (with planted violations that must be reported, and generated files compared), types, unit tests,
 * integration tests over real processes, a real DuckDB and real services, end-to-end tests.
 *
 * The services are started once, for those last two stages; whatever ends this process ends them too.
 * A stage that does not end is ended, with all it started: a hang is a failure with a name, not a silence.
 */
import { startSharedServices } from '@sluice/testing';
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { closingCount, coveredBy } from './closing-count.ts';

import type { SharedServices } from '@sluice/testing';

interface Stage {
  name: string;
  command: string;
  args: string[];
  needsServices?: boolean;
}

const nx = (targets: string[], parallel: number): string[] => ['run-many', '-t', ...targets, `--parallel=${parallel}`, '--output-style=stream'];

const stages: Stage[] = [
  { name: 'format', command: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { name: 'lint', command: 'nx', args: nx(['lint'], 2) },
  { name: 'types', command: 'nx', args: nx(['typecheck'], 2) },
  { name: 'unit', command: 'nx', args: nx(['test'], 2) },
  // One at a time: these measure waiting, kill processes and fill disks.
  { name: 'integration', command: 'nx', args: nx(['integration'], 1), needsServices: true },
  { name: 'end to end', command: 'nx', args: nx(['e2e'], 1), needsServices: true },
];

/** All stages together end within this: five times what they take on a good machine, and below what CI waits. */
const limitMs = 70 * 60_000;

/** The matrix of ways through real services that tests went to their end. */
const covered: string[] = [];

/** Totals of the test runner's closing lines over all projects. */
const totals = { pass: 0, fail: 0, skipped: 0 };

/** Ends what runs, with every process below it. */
let endStage = (): Promise<void> => Promise.resolve();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void endStage().then(() => process.exit(1)));
}

function runStage({ name, command, args }: Stage, addresses: SharedServices['environment']): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...addresses, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' },
    });
    const closed = new Promise<number | null>((ended) => child.once('close', ended));
    let rest = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      process.stdout.write(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const found = closingCount(line);
        if (found !== null) totals[found.kind] += found.count;
        const way = coveredBy(line);
        if (way !== null) covered.push(way);
      }
    });
    endStage = async () => {
      // nx starts its tasks in groups of their own and ends them when it is told to; a SIGKILL would leave them.
      child.kill('SIGTERM');
      await Promise.race([closed, pause(10_000, undefined, { ref: false })]);
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => {
      process.stdout.write(`\n${name} has not ended: all stages together have ${limitMs / 60_000} minutes. It is ended.\n`);
      void endStage();
    }, limitMs - performance.now());
    child.on('error', reject);
    void closed.then((code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}

const summary: string[] = [];
const closeLine = (isOk: boolean, name: string, startedAtMs: number): void => {
  summary.push(`${isOk ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
};

/** The services, or undefined when they did not start; what is missing has been printed then. */
async function startServices(): Promise<SharedServices | undefined> {
  const startedAtMs = performance.now();
  process.stdout.write('\n=== services\n');
  const started = await startSharedServices().catch((error: unknown) => {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  for (const [name, address] of Object.entries(started?.environment ?? {})) process.stdout.write(`${name}=${address}\n`);
  closeLine(started !== undefined, 'services', startedAtMs);
  return started;
}

let services: SharedServices | undefined;
for (const stage of stages) {
  if (stage.needsServices === true && services === undefined) {
    services = await startServices();
    if (services === undefined) {
      process.exitCode = 1;
      break;
    }
  }
  const startedAtMs = performance.now();
  process.stdout.write(`\n=== ${stage.name}\n`);
  const code = await runStage(stage, services?.environment ?? {});
  closeLine(code === 0, stage.name, startedAtMs);
  if (code !== 0) {
    process.exitCode = 1;
    break;
  }
}
await services?.stop();
if (process.exitCode !== 1 && totals.pass === 0) {
  summary.push('FAILED  no test ran');
  process.exitCode = 1;
}
if (covered.length > 0) process.stdout.write(`\nCovered, over real services:\n${covered.map((way) => `  ${way}\n`).join('')}`);
process.stdout.write(`\n${summary.join('\n')}\n\n${totals.pass} passed, ${totals.fail} failed, ${totals.skipped} skipped\n`);
