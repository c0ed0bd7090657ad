/**
 * `sluice retention`: removes what is older than a number of days, now.
 */
import { loadCommandConfig, sharedHelp, textOption } from '@sluice/cli';
import { SluiceError } from '@sluice/errors';
import { purgeOlderThan } from '@sluice/pipeline';

import type { Command } from '@sluice/cli';

/** As in `duckdb.retention_days`: a hundred years. */
const longestDays = 36_500;

const help = `sluice retention: remove old events and dead letters

Usage
  sluice retention [--days N]

A daemon does this by itself every hour when duckdb.retention_days is set; while one runs, this command is refused.

Options
      --days N         what is older than N days goes (default: duckdb.retention_days)
${sharedHelp}
`;

export const retentionCommand: Command = {
  name: 'retention',
  summary: 'remove events older than a number of days',
  help,
  options: { days: { type: 'string' } },
  allowPositionals: false,
  async run(invocation) {
    const { config } = loadCommandConfig(invocation);
    const days = Number(textOption(invocation.options, 'days') ?? config.duckdb.retention_days);
    if (!Number.isInteger(days) || days < 1 || days > longestDays) {
      throw new SluiceError('USAGE', `Say how many days to keep, from 1 to ${longestDays}.`, {
        hint: 'With --days N, or duckdb.retention_days in the configuration.',
      });
    }
    const removed = await purgeOlderThan(config, days);
    invocation.terminal.stdout.write(`Removed ${removed.events} events and ${removed.deadLetters} dead letters older than ${days} days.\n`);
    return 0;
  },
};
