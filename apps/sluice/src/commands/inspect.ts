/**
 * `sluice inspect`: lines on standard input, one JSON answer for each on standard output.
 */
import { createLogger } from '@sluice/telemetry';
import { openInspection } from '@sluice/pipeline';
import { systemClock } from '@sluice/ports';

import { loadCommandConfig } from '../command-config.ts';
import { sharedHelp, textOptions } from '../command.ts';
import { writeJson } from '../write-text.ts';

import type { Command } from '../command.ts';

const help = `sluice inspect: show what log lines become

Usage
  sluice inspect < access.log
  tail -f access.log | sluice inspect | jq .

Reads lines from standard input and prints one JSON object for each, in the same order. A line that is no event gives
{"error": ..., "column": ...}. It never stops early, stores nothing and needs no service.

Options
      --format FORMAT  auto (default), a nickname or a LogFormat string; may be repeated
${sharedHelp}
`;

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'show what log lines from standard input become',
  help,
  options: { format: { type: 'string', multiple: true } },
  allowPositionals: false,
  async run(invocation) {
    const { options, terminal, signal } = invocation;
    const formats = textOptions(options, 'format');
    const { config } = loadCommandConfig(invocation, formats.length === 0 ? {} : { 'source.format': formats });
    const logger = createLogger({ level: 'warn', stream: terminal.stderr, pretty: terminal.stderr.isTTY === true });
    const inspection = await openInspection(config, { logger, clock: systemClock });
    try {
      for await (const chunk of terminal.stdin as AsyncIterable<Buffer>) {
        const answers = inspection.push(chunk);
        if (answers !== '') await writeJson(terminal.stdout, answers);
        if (signal.aborted) break;
      }
      await writeJson(terminal.stdout, inspection.finish());
    } finally {
      inspection.close();
    }
    return 0;
  },
};
