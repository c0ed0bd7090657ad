/**
 * Finds the command, reads its options, runs it, and turns every failure into one clear message and an exit code.
 */
import { parseArgs } from 'node:util';

import { isSluiceError, messageOf, SluiceError } from '@sluice/errors';
import { version } from '@sluice/pipeline';
import { terminalText } from '@sluice/reporting';

import { sharedOptions } from './command.ts';
import { configCommand } from './commands/config.ts';
import { exportCommand } from './commands/export.ts';
import { inspectCommand } from './commands/inspect.ts';
import { queryCommand } from './commands/query.ts';
import { reportCommand } from './commands/report.ts';
import { retentionCommand } from './commands/retention.ts';
import { runCommand } from './commands/run.ts';

import type { Command, Terminal } from './command.ts';

const commands: readonly Command[] = [inspectCommand, reportCommand, queryCommand, exportCommand, retentionCommand, configCommand];

const overview = `${runCommand.help}
Commands (each has --help)
${commands.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`).join('\n')}

Exit codes: 0 done, 1 failed, 2 usage or configuration error.
`;

/**
 * Runs one command line.
 *
 * Shape: arguments without node and script -> exit code. Errors: none; failures are written to stderr.
 */
export async function runCli(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  try {
    const [first = '', ...rest] = args;
    if (first === '') return write(terminal.stderr, overview, 2);
    if (first === 'help' || first === '--help' || first === '-h') return write(terminal.stdout, overview, 0);
    if (first === '--version') return write(terminal.stdout, `sluice ${version}\n`, 0);
    if (first.startsWith('-')) return await invoke(runCommand, args, terminal, signal);
    const command = commands.find(({ name }) => name === first);
    if (command === undefined) throw unknownCommand(first);
    return await invoke(command, rest, terminal, signal);
  } catch (error) {
    return fail(error, terminal);
  }
}

async function invoke(command: Command, args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { values, positionals } = parse(command, args);
  if (values['help'] === true) return write(terminal.stdout, command === runCommand ? overview : command.help, 0);
  return command.run({ options: values, positionals, terminal, signal });
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...sharedOptions, ...command.options },
      allowPositionals: command.allowPositionals,
      strict: true,
    });
  } catch (error) {
    throw new SluiceError('USAGE', messageOf(error).split('. ')[0] ?? '', {
      hint: `Run: sluice ${command.name === 'run' ? '' : `${command.name} `}--help`,
    });
  }
}

function unknownCommand(name: string): SluiceError {
  const hint = /[./]/.test(name) ? `To read a log file: sluice --file ${name}` : 'Run: sluice --help';
  return new SluiceError('USAGE', `There is no command "${name}".`, { hint });
}

function fail(error: unknown, { stderr }: Terminal): number {
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

function write(stream: { write(text: string): unknown }, text: string, exitCode: number): number {
  stream.write(text);
  return exitCode;
}
