/**
 * `sluice query`: read-only SQL over the stored events, as a table or as JSON lines.
 */
import { loadCommandConfig, sharedHelp, writeJson, writeText } from '@sluice/cli';
import { SluiceError } from '@sluice/errors';
import { openStoredEvents, toJson } from '@sluice/pipeline';

import { renderRows } from '../render-rows.ts';

import type { Command } from '@sluice/cli';

const help = `sluice query: ask the stored events in SQL

Usage
  sluice query 'SELECT ...' [--json]

One SELECT over the tables events and dead_letters; nothing else can be read, nothing written.
It works while a run or a daemon is storing.

Options
      --json           one JSON object per row and nothing else
${sharedHelp}

Examples
  sluice query "SELECT status, count(*) AS n FROM events GROUP BY status ORDER BY n DESC"
  sluice query "SELECT ip_address, count(*) AS n FROM events WHERE security_threat GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
  sluice query "SELECT timestamp, path FROM events WHERE status >= 500 ORDER BY timestamp" --json
  sluice query "SELECT reason, message, raw FROM dead_letters"
`;

export const queryCommand: Command = {
  name: 'query',
  summary: 'ask the stored events in SQL',
  help,
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
  async run(invocation) {
    const { options, positionals, terminal, signal } = invocation;
    const [sql = ''] = positionals;
    if (sql.trim() === '' || positionals.length > 1) {
      throw new SluiceError('USAGE', 'Give one query, in quotes.', { hint: `For example: sluice query "SELECT count(*) FROM events"` });
    }
    const { config } = loadCommandConfig(invocation);
    const stored = await openStoredEvents(config);
    try {
      const chunks = stored.querySql(sql, signal);
      if (options['json'] === true) for await (const lines of jsonLines(chunks)) await writeJson(terminal.stdout, lines);
      else for await (const text of renderRows(chunks)) await writeText(terminal.stdout, text);
    } finally {
      await stored.close();
    }
    return 0;
  },
};

async function* jsonLines(chunks: AsyncIterable<Record<string, unknown>[]>): AsyncIterable<string> {
  for await (const rows of chunks) yield rows.map((row) => `${toJson(row)}\n`).join('');
}
