/**
 * The `sluice` command line: finds the command and runs it.
 */
import { failWith, invokeCommand } from '@sluice/cli';
import { SluiceError } from '@sluice/errors';
import { version } from '@sluice/pipeline';

import { configCommand } from './commands/config.ts';
import { exportCommand } from './commands/export.ts';
import { inspectCommand } from './commands/inspect.ts';
import { queryCommand } from './commands/query.ts';
import { reportCommand } from './commands/report.ts';
import { retentionCommand } from './commands/retention.ts';
import { rulesCommand } from './commands/rules.ts';
import { runCommand } from './commands/run.ts';

import type { Command, Terminal } from '@sluice/cli';

const commands: readonly Command[] = [inspectCommand, reportCommand, queryCommand, exportCommand, retentionCommand, rulesCommand, configCommand];

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
    if (first.startsWith('-')) return await invokeCommand('sluice', { ...runCommand, help: overview }, args, terminal, signal);
    const command = commands.find(({ name }) => name === first);
    if (command === undefined) throw unknownCommand(first);
    return await invokeCommand(`sluice ${first}`, command, rest, terminal, signal);
  } catch (error) {
    return failWith(error, terminal);
  }
}

function unknownCommand(name: string): SluiceError {
  const hint = /[./]/.test(name) ? `To read a log file: sluice --file ${name}` : 'Run: sluice --help';
  return new SluiceError('USAGE', `There is no command "${name}".`, { hint });
}

function write(stream: { write(text: string): unknown }, text: string, exitCode: number): number {
  stream.write(text);
  return exitCode;
}
