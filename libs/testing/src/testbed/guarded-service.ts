/**
 * A service of a test: a process that ends with the process that started it, in a temporary folder that goes with it.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { waitFor } from '../wait-for.ts';
import { testbedCache } from './artifacts.ts';
import { PortTakenError } from './free-ports.ts';

import type { GuardOrder, GuardReport } from './guard.ts';
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Ten times what it takes by itself: OpenSearch has been seen to need 40 s on two busy cores. */
const startDeadlineMs = 180_000;
const endDeadlineMs = 30_000;
const endingSignals = new Set<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);
const portTaken = /Address already in use|Failed to bind|BindException|BindHttpException/;

export interface ServicePlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** From `createServiceFolder`. */
  readonly folder: string;
  /** Asked again and again, with all that this start has written, until it holds; what it throws, `PortTakenError` excepted, means not yet. */
  isReady(log: string): boolean | Promise<boolean>;
}

export interface GuardedService {
  /** Of the service that runs now, or ran last. */
  readonly pid: number;
  /** Sends a signal, SIGKILL unless another is given; resolves when the service has it, for one that ends it when it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again with its data and ports, after SIGKILL where it still runs. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. May be called at any time and again. */
  stop(): Promise<void>;
}

/** A folder for one service; it goes when the service is stopped or its starter ends. */
export function createServiceFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `sluice-testbed-${name}-`));
}

/**
 * Starts a service and waits until it is ready.
 *
 * Invariant: it does not outlive this process and does not keep it from ending.
 * Errors: `PortTakenError`, or an error with the end of the service's log, which is kept in the cache folder.
 */
export async function startGuarded(plan: ServicePlan): Promise<GuardedService> {
  let starts = 0;
  const start = (): Promise<Guarded> => launch(plan, join(plan.folder, `${plan.name}-${++starts}.log`));
  let current = await start();
  return {
    get pid() {
      return current.pid;
    },
    kill: (signal = 'SIGKILL') => current.kill(signal),
    restart: async () => {
      if (!current.hasEnded()) await current.kill('SIGKILL');
      await current.leave();
      current = await start();
    },
    stop: () => current.stop(),
  };
}

interface Guarded {
  readonly pid: number;
  hasEnded(): boolean;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends the guard and leaves the folder. */
  leave(): Promise<void>;
  /** Ends service and guard and removes the folder. */
  stop(): Promise<void>;
}

async function launch(plan: ServicePlan, logPath: string): Promise<Guarded> {
  const order: GuardOrder = { command: plan.command, args: plan.args, logPath, folder: plan.folder };
  const guard = spawn(process.execPath, [fileURLToPath(new URL('guard.ts', import.meta.url)), JSON.stringify(order)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const state = { pid: -1, sent: 0, how: undefined as string | undefined, isGuardGone: false };
  guard.stdin.on('error', () => undefined);
  guard.once('error', (error) => (state.how ??= error.message));
  guard.once('close', () => {
    state.how ??= 'its guard ended';
    state.isGuardGone = true;
  });
  onLines(guard, (line) => {
    const report = JSON.parse(line) as GuardReport;
    if (report.kind === 'started') state.pid = report.pid;
    else if (report.kind === 'sent') state.sent++;
    else state.how = report.how;
  });
  // The waiting below is by timers, so that a forgotten service does not keep the test's process from ending.
  guard.unref();
  unref(guard.stdin);
  unref(guard.stdout);

  const guardGone = (): Promise<unknown> => waitFor(() => state.isGuardGone, endDeadlineMs, `the end of ${plan.name}`);
  const guarded: Guarded = {
    get pid() {
      return state.pid;
    },
    hasEnded: () => state.how !== undefined,
    kill: async (signal) => {
      const sentBefore = state.sent;
      guard.stdin.write(`${signal}\n`);
      const isDone = endingSignals.has(signal) ? () => state.how !== undefined : () => state.sent > sentBefore || state.how !== undefined;
      await waitFor(isDone, endDeadlineMs, `${signal} to ${plan.name}`);
    },
    leave: async () => {
      guard.stdin.end('leave\n');
      await guardGone();
    },
    stop: async () => {
      guard.stdin.end();
      await guardGone();
    },
  };

  const readLog = (): Promise<string> => readFile(logPath, 'utf8').catch(() => '');
  const isReady = async (): Promise<boolean> => state.how !== undefined || (state.pid > 0 && (await plan.isReady(await readLog())));
  let taken: PortTakenError | undefined;
  const isReadyOrTaken = (): Promise<boolean> =>
    isReady().catch((error: unknown) => {
      if (!(error instanceof PortTakenError)) throw error;
      taken = error;
      return true;
    });
  try {
    await waitFor(isReadyOrTaken, startDeadlineMs, `${plan.name} ready`);
    if (taken !== undefined) throw taken;
    if (guarded.hasEnded()) throw new Error(`${plan.name} ended: ${state.how ?? ''}`);
    return guarded;
  } catch (error) {
    const failure = await describeFailure(plan, logPath, await readLog(), error);
    await guarded.stop();
    throw failure;
  }
}

async function describeFailure(plan: ServicePlan, logPath: string, log: string, cause: unknown): Promise<Error> {
  const kept = join(testbedCache(), `failed-${plan.name}.log`);
  await mkdir(testbedCache(), { recursive: true });
  await copyFile(logPath, kept).catch(() => undefined);
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `${plan.name} did not start: ${reason}. The end of its log, all of which is in ${kept}:\n${log.split('\n').slice(-40).join('\n')}`;
  return cause instanceof PortTakenError || portTaken.test(log) ? new PortTakenError(message, { cause }) : new Error(message, { cause });
}

/** Pipes of a child are sockets, which their types do not say. */
function unref(pipe: Readable | Writable): void {
  if (pipe instanceof Socket) pipe.unref();
}

function onLines(guard: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  guard.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
