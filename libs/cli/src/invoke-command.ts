/**
 * Reads a command's options, runs it, and turns every failure into one clear message and an exit code.
 */
import { parseArgs } from 'node:util';

import { isSluiceError, messageOf, SluiceError } from '@sluice/errors';
import { terminalText } from '@sluice/reporting';

import { sharedOptions } from './command.ts';

import type { Command, Terminal } from './command.ts';

/**
 * Runs a command with its arguments.
 *
 * Shape: `name` is how a user calls it, `sluice report`. Errors: USAGE, and whatever the command throws.
 */
export async function invokeCommand(
  name: string,
  command: Command,
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { values, positionals } = parse(name, command, args);
  if (values['help'] !== true) return command.run({ options: values, positionals, terminal, signal });
  terminal.stdout.write(command.help);
  return 0;
}

function parse(name: string, command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...sharedOptions, ...command.options },
      allowPositionals: command.allowPositionals,
      strict: true,
    });
  } catch (error) {
    throw new SluiceError('USAGE', messageOf(error).split('. ')[0] ?? '', { hint: `Run: ${name} --help` });
  }
}

/** Says on stderr what went wrong; returns the exit code. */
export function failWith(error: unknown, { stderr }: Terminal): number {
  const expected = isSluiceError(error);
  const lines = expected ? [error.message, error.hint] : [messageOf(error)];
  const [head = '', ...more] = lines.flatMap((line) => line.split('\n')).map((line) => terminalText(line));
  stderr.write(`sluice: ${head}\n${more.map((line) => `  ${line}\n`).join('')}`);
  // Whoever reports a bug needs the place; expected failures say all that is needed.
  if (!expected && error instanceof Error && error.stack !== undefined)
    stderr.write(
      `${error.stack
        .split('\n')
        .slice(1)
        .map((line) => terminalText(line))
        .join('\n')}\n`,
    );
  return expected ? error.exitCode : 1;
}
