/**
 * `sluice export`: the stored events as a Parquet file.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { loadCommandConfig, sharedHelp } from '@sluice/cli';
import { SluiceError } from '@sluice/errors';
import { openStoredEvents } from '@sluice/pipeline';

import type { Command } from '@sluice/cli';

const help = `sluice export: write the stored events to a Parquet file

Usage
  sluice export FILE.parquet

The file must not exist yet. It works while a run or a daemon is storing.

Options
${sharedHelp}
`;

export const exportCommand: Command = {
  name: 'export',
  summary: 'write the stored events to a Parquet file',
  help,
  options: {},
  allowPositionals: true,
  async run(invocation) {
    const [path] = invocation.positionals;
    if (path === undefined || invocation.positionals.length > 1)
      throw new SluiceError('USAGE', 'Give the file to write.', { hint: 'For example: sluice export events.parquet' });
    if (existsSync(path)) throw new SluiceError('USAGE', `${path} exists already.`, { hint: 'Give another name, or remove it first.' });
    const { config } = loadCommandConfig(invocation);
    const stored = await openStoredEvents(config);
    try {
      const { events } = await stored.exportParquet(resolve(path));
      invocation.terminal.stderr.write(`Wrote ${events} events to ${path}.\n`);
    } finally {
      await stored.close();
    }
    return 0;
  },
};
