/**
 * `sluice rules test|list`: works on the rules of detection alone and connects to nothing.
 */
import { loadCommandConfig, sharedHelp, writeJson, writeText } from '@sluice/cli';
import { isSluiceError, SluiceError } from '@sluice/errors';
import { loadRules } from '@sluice/pipeline';
import { terminalText } from '@sluice/reporting';
import { testRules } from '@sluice/security';

import type { Command, Invocation, Terminal } from '@sluice/cli';
import type { LoadedRules } from '@sluice/pipeline';
import type { ExampleResult } from '@sluice/security';

const help = `sluice rules: check and show what threats are looked for

Usage
  sluice rules test [FILE]        run the examples of the built-in rules and of those in FILE
  sluice rules list [FILE]        id, class, severity, score and title of each rule

FILE is a rules file; security.rules_file of the configuration when left out.

Options
      --json           one JSON object (list: one a rule) and nothing else
${sharedHelp}

Exit codes: 0 every example ends as it should, 1 some do not, 2 the file has errors.
`;

const actions: Readonly<Record<string, (loaded: LoadedRules, json: boolean, terminal: Terminal) => Promise<number>>> = { test, list };

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'test or list the rules of threat detection',
  help,
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
  async run(invocation) {
    const { options, positionals, terminal } = invocation;
    const [name = '', , ...more] = positionals;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined || more.length > 0)
      throw new SluiceError('USAGE', 'Say what to do, and with at most one file: test or list.', { hint: 'Run: sluice rules --help' });
    const json = options['json'] === true;
    try {
      return await action(loadRules(fileOf(invocation)), json, terminal);
    } catch (error) {
      if (!json || !isSluiceError(error, 'RULES_INVALID')) throw error;
      await writeJson(terminal.stdout, `${JSON.stringify({ error: error.message, problems: error.data['problems'] ?? [] })}\n`);
      return error.exitCode;
    }
  },
};

function fileOf(invocation: Invocation): string | undefined {
  return invocation.positionals[1] ?? loadCommandConfig(invocation).config.security.rules_file;
}

async function test({ rules }: LoadedRules, json: boolean, { stdout }: Terminal): Promise<number> {
  const results = testRules(rules);
  const failures = results.filter(({ passed }) => !passed);
  if (json) {
    const failed = failures.map(({ rule, wanted, example }) => ({ rule, wanted, ...example }));
    await writeJson(stdout, `${JSON.stringify({ rules: rules.length, examples: results.length, failures: failed })}\n`);
  } else {
    for (const failure of failures) await writeText(stdout, `${describe(failure)}\n`);
    const outcome = failures.length === 0 ? 'all as they should be' : `${failures.length} not as they should be`;
    await writeText(stdout, `${results.length} examples of ${rules.length} rules: ${outcome}.\n`);
  }
  return failures.length === 0 ? 0 : 1;
}

function describe({ rule, wanted, example }: ExampleResult): string {
  const mistake = wanted === 'match' ? 'does not find' : 'finds';
  return `${terminalText(rule)} ${mistake} ${example.field} ${terminalText(example.text)}`;
}

async function list({ rules, own }: LoadedRules, json: boolean, { stdout }: Terminal): Promise<number> {
  for (const { id, class: name, severity, score, title } of [...rules, ...Object.values(own)]) {
    if (json) await writeJson(stdout, `${JSON.stringify({ id, class: name, severity, score, title })}\n`);
    else
      await writeText(
        stdout,
        `${terminalText(id).padEnd(12)} ${terminalText(name).padEnd(20)} ${severity.padEnd(8)} ${String(score).padStart(2)}  ${terminalText(title)}\n`,
      );
  }
  return 0;
}
