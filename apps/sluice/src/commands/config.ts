/**
 * `sluice config init|validate|print`: works on the configuration alone and connects to nothing.
 */
import { defaultConfigPath, loadCommandConfig, sharedHelp, textOption } from '@sluice/cli';
import { printConfig, writeDefaultConfig } from '@sluice/config';
import { SluiceError } from '@sluice/errors';
import { loadRules } from '@sluice/pipeline';

import type { Command, Invocation } from '@sluice/cli';

const help = `sluice config: make, check and show the configuration

Usage
  sluice config init [FILE]       write a file with every setting, its default and a comment
  sluice config validate          check it; the rules file, too; every error is listed with its line
  sluice config print             show what is in force, secrets masked

Options
${sharedHelp}
`;

const actions: Readonly<Record<string, (invocation: Invocation) => void>> = { init, validate, print };

export const configCommand: Command = {
  name: 'config',
  summary: 'write, check or show the configuration',
  help,
  options: {},
  allowPositionals: true,
  run(invocation) {
    const [name = ''] = invocation.positionals;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw new SluiceError('USAGE', 'Say what to do: init, validate or print.', { hint: 'Run: sluice config --help' });
    action(invocation);
    return Promise.resolve(0);
  },
};

function init({ options, positionals, terminal }: Invocation): void {
  const path = positionals[1] ?? textOption(options, 'config') ?? defaultConfigPath;
  writeDefaultConfig(path);
  terminal.stderr.write(`Wrote ${path}.\n`);
}

function validate(invocation: Invocation): void {
  const { config, sources, notices } = loadCommandConfig(invocation);
  loadRules(config.security.rules_file);
  for (const notice of notices) invocation.terminal.stderr.write(`${notice}\n`);
  invocation.terminal.stdout.write(`The configuration is valid (${sources.length === 0 ? 'defaults only' : sources.join(', ')}).\n`);
}

function print(invocation: Invocation): void {
  invocation.terminal.stdout.write(printConfig(loadCommandConfig(invocation)));
}
