/**
 * What a command of the CLI is, and the world it runs in. Only main.ts touches the process itself.
 */
import type { Readable, Writable } from 'node:stream';
import type { ParseArgsOptionsConfig } from 'node:util';

export interface Terminal {
  readonly stdin: Readable;
  /** Results only. */
  readonly stdout: Writable & { isTTY?: boolean; columns?: number };
  /** Logs, progress and notices. */
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface Invocation {
  readonly options: OptionValues;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** Everything `--help` prints. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  readonly allowPositionals: boolean;
  /** Resolves to the exit code: 0 ok, 1 failed, 2 usage or configuration. */
  run(invocation: Invocation): Promise<number>;
}

/** A whole command line: arguments without node and script -> exit code; failures are written to stderr. */
export type RunCommandLine = (args: readonly string[], terminal: Terminal, signal: AbortSignal) => Promise<number>;

/** Every command takes these. */
export const sharedOptions = {
  config: { type: 'string', short: 'c' },
  set: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

export const sharedHelp = `  -c, --config FILE    configuration file (default: config/config.yml)
      --set KEY=VALUE  one setting, such as --set source.format=common; may be repeated
  -h, --help           this text`;

/** True when colour is welcome on this stream (NO_COLOR, FORCE_COLOR and dumb terminals are honoured). */
export function wantsColor(stream: { isTTY?: boolean }, env: Terminal['env']): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** The text of an option that was given, else undefined. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of an option that may be repeated. */
export function textOptions(options: OptionValues, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
