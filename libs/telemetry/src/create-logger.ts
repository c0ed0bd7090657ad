/**
 * The Logger port over winston: JSON lines on standard error. Results of commands go to standard output, so logs never do.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { createLogger as createWinston, format, transports } from 'winston';

import { formatJson, formatPretty } from './log-line.ts';
import { RepeatLimiter } from './repeat-limiter.ts';

import type { Logger } from '@sluice/ports';
import type { LogLevel, LogLine } from './log-line.ts';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Default: standard error. */
  readonly stream?: NodeJS.WritableStream | undefined;
  /** One readable line instead of JSON, for an interactive terminal. */
  readonly pretty?: boolean | undefined;
  /** Name of the first logger; default: `sluice`. */
  readonly name?: string | undefined;
  /** How long an identical warning or error stays silent after it was written; default: 10,000 ms. */
  readonly repeatWindowMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

export interface RootLogger extends Logger {
  /** Writes the counts of repeated warnings that were left out and resolves when everything is written, at the latest after a second. */
  flush(): Promise<void>;
}

const flushTimeoutMs = 1000;

/** Streams whose errors are already caught; standard error is shared by every logger of a process. */
const guarded = new WeakSet<NodeJS.WritableStream>();

/** Never throws for what is logged; a reader of the log that goes away does not end the process. */
export function createLogger(options: LoggerOptions): RootLogger {
  const stream = options.stream ?? process.stderr;
  const now = options.now ?? Date.now;
  const toText = options.pretty === true ? formatPretty : formatJson;
  const winston = createWinston({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: format.printf((info) => toText(info['line'] as LogLine, new Date(now()).toISOString())),
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's own types name two classes for one.
  winston.add(new transports.Stream({ stream, eol: '\n' }));
  if (!guarded.has(stream)) {
    guarded.add(stream);
    stream.on('error', () => undefined);
  }
  const limiter = new RepeatLimiter(options.repeatWindowMs ?? 10_000, now);

  const write = (line: LogLine): void => void winston.log({ level: line.level, message: '', line });
  const log = (line: LogLine): void => {
    if (!winston.isLevelEnabled(line.level)) return;
    if (line.level === 'info' || line.level === 'debug') write(line);
    else limiter.pass(line).forEach(write);
  };
  const named = (logger: string): Logger => ({
    debug: (message, data) => log({ level: 'debug', logger, message, data }),
    info: (message, data) => log({ level: 'info', logger, message, data }),
    warn: (message, data) => log({ level: 'warn', logger, message, data }),
    error: (message, data) => log({ level: 'error', logger, message, data }),
    named,
  });
  return {
    ...named(options.name ?? 'sluice'),
    flush: async () => {
      limiter.flush().forEach(write);
      await written(stream);
    },
  };
}

/** Resolves when what was written so far is out, or after a second: a reader that hangs must not hold up a shutdown. */
async function written(stream: NodeJS.WritableStream): Promise<void> {
  if (!stream.writable) return;
  const abort = new AbortController();
  const out = new Promise<void>((resolve) => stream.write('', () => resolve()));
  await Promise.race([out, delay(flushTimeoutMs, undefined, { signal: abort.signal }).catch(() => undefined)]);
  abort.abort();
}
