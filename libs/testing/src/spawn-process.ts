/**
 * Real processes for end-to-end tests: started with Node, watched line by line, stopped or killed.
 */
import { spawn } from 'node:child_process';

import { waitFor } from './wait-for.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to a small environment (PATH and HOME only), so that a test does not depend on the machine's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. */
  readonly input?: string | Buffer;
  /** Kills the process after this time; default 120,000. */
  readonly timeoutMs?: number;
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnedProcess {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when the process has ended and its output is complete; never rejects. */
  readonly ended: Promise<ProcessResult>;
  /** Resolves with the first line of output, of either stream, that holds the text; rejects when the process ends without it. */
  waitForLine(text: string, deadlineMs?: number): Promise<string>;
  /** Sends the signal (default SIGKILL) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<ProcessResult>;
  readonly stdin: NodeJS.WritableStream;
}

/** Starts `node` with these arguments, a script first; the test must end it (`t.after(() => child.kill())`). */
export function spawnProcess(args: readonly string[], options: ProcessOptions = {}): SpawnedProcess {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: environment(options.env),
    timeout: options.timeoutMs ?? 120_000,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  let hasEnded = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A child that ends before it has read everything closes the pipe; that is for the test to judge by its exit code.
  child.stdin.on('error', () => undefined);
  if (options.input !== undefined) child.stdin.end(options.input);
  const ended = new Promise<ProcessResult>((resolve) => {
    const finish = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
      hasEnded = true;
      resolve({ exitCode, signal, ...output });
    };
    child.once('error', (error) => {
      output.stderr += error.message;
      finish(null, null);
    });
    child.once('close', finish);
  });
  /** Of complete lines, so that nobody parses the first half of one; after the end of all. */
  const findLine = (text: string): string | undefined => {
    for (const stream of [output.stdout, output.stderr]) {
      const complete = hasEnded ? stream : stream.slice(0, stream.lastIndexOf('\n') + 1);
      const line = complete.split('\n').find((candidate) => candidate.includes(text));
      if (line !== undefined) return line;
    }
    return undefined;
  };

  return {
    pid: child.pid ?? -1,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    ended,
    stdin: child.stdin,
    waitForLine: async (text, deadlineMs) => {
      // Whether it has ended is asked first, so that its last output is still looked at.
      const line = await waitFor(() => (hasEnded ? (findLine(text) ?? 'ended') : findLine(text)), deadlineMs, `a line with "${text}"`);
      if (!line.includes(text)) throw new Error(`the process ended without a line with "${text}":\n${output.stdout}${output.stderr}`);
      return line;
    },
    kill: (signal = 'SIGKILL') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs `node` with these arguments to its end. */
export function runProcess(args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  return spawnProcess(args, { input: '', ...options }).ended;
}

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  // eslint-disable-next-line no-restricted-properties -- a child without PATH and HOME is not what a user starts
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, ...extra };
}
