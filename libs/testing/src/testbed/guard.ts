/**
 * A process of its own between a test and the service it started: when the test's process ends, however it ends, this
 * one's standard input does too, and it ends the service and removes its folder.
 *
 * Run as `node guard.ts <GuardOrder as JSON>`. Reads lines: a signal's name to send, or `leave` to end without removing
 * anything. Writes lines of GuardReport as JSON. Its starter puts it in a session of its own, so that a signal to the
 * test's process group does not reach it.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';

export interface GuardOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly logPath: string;
  /** Working folder of the service; removed in the end. */
  readonly folder: string;
}

export type GuardReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'sent'; readonly signal: string }
  | { readonly kind: 'ended'; readonly how: string };

const order = JSON.parse(process.argv[2] ?? '') as GuardOrder;
const log = openSync(order.logPath, 'a');
const service = spawn(order.command, order.args, { cwd: order.folder, stdio: ['ignore', log, log] });
let isLeft = false;

const ended = new Promise<void>((resolve) => {
  service.once('spawn', () => report({ kind: 'started', pid: service.pid ?? -1 }));
  service.once('error', (error) => {
    report({ kind: 'ended', how: error.message });
    resolve();
  });
  service.once('exit', (code, signal) => {
    report({ kind: 'ended', how: signal ?? `exit code ${code ?? 'unknown'}` });
    resolve();
  });
});

function report(line: GuardReport): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function end(): Promise<void> {
  service.kill('SIGKILL');
  await ended;
  if (!isLeft) await rm(order.folder, { recursive: true, force: true, maxRetries: 5 });
}

// Nobody reads any more; that is noticed by the end of standard input.
process.stdout.on('error', () => undefined);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.stdin.destroy());

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    if (line === 'leave') isLeft = true;
    else if (service.kill(line as NodeJS.Signals)) report({ kind: 'sent', signal: line });
  }
});
process.stdin.once('error', () => undefined);
process.stdin.once('close', () => void end());
