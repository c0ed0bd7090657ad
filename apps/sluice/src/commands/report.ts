/**
 * `sluice report`: what the stored events say, for people or as JSON.
 */
import { loadCommandConfig, sharedHelp, textOption, wantsColor, writeJson, writeText } from '@sluice/cli';
import { SluiceError } from '@sluice/errors';
import { openStoredEvents } from '@sluice/pipeline';
import { buildReport, renderReport } from '@sluice/reporting';

import type { Command } from '@sluice/cli';
import type { EventFilter } from '@sluice/ports';

const help = `sluice report: traffic, visitors, bots and threats of the stored events

Usage
  sluice report [--from TIME] [--to TIME] [--host NAME] [--top N] [--json]

Options
      --from TIME      events from this time on (ISO 8601, such as 2026-11-22 or 2026-11-22T13:00:00Z)
      --to TIME        events before this time
      --host NAME      events of one virtual host
      --top N          lines in each list (default 10)
      --json           the whole report as one JSON object
${sharedHelp}
`;

export const reportCommand: Command = {
  name: 'report',
  summary: 'traffic, visitors, bots and threats of the stored events',
  help,
  options: { from: { type: 'string' }, to: { type: 'string' }, host: { type: 'string' }, top: { type: 'string' }, json: { type: 'boolean' } },
  allowPositionals: false,
  async run(invocation) {
    const { options, terminal } = invocation;
    const filter: EventFilter = {
      from: timeOption('--from', textOption(options, 'from')),
      to: timeOption('--to', textOption(options, 'to')),
      equals: textOption(options, 'host') === undefined ? undefined : { host: textOption(options, 'host') ?? '' },
    };
    const top = topOption(textOption(options, 'top'));
    const { config } = loadCommandConfig(invocation);
    const stored = await openStoredEvents(config);
    try {
      const report = await buildReport(stored, { filter, top });
      const width = terminal.stdout.columns ?? 100;
      if (options['json'] === true) await writeJson(terminal.stdout, `${JSON.stringify(report)}\n`);
      else await writeText(terminal.stdout, renderReport(report, { width, color: wantsColor(terminal.stdout, terminal.env) }));
    } finally {
      await stored.close();
    }
    return 0;
  },
};

function timeOption(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // A time without a zone means UTC, like every time that Sluice prints; the parser would take some for local time.
  const date = text.slice(0, 10);
  const time = text.slice(10).replace(/^ /, 'T');
  const isTime = time === '' || /^T\d\d:\d\d/.test(time);
  const atMs = isTime ? Date.parse(time === '' || hasZone.test(time) ? `${date}${time}` : `${date}${time}Z`) : NaN;
  if (Number.isNaN(atMs) || !isCalendarDay(date)) {
    throw new SluiceError('USAGE', `${name} needs a time, not "${text}".`, { hint: 'For example: 2026-11-22 or 2026-11-22T13:00:00Z' });
  }
  return new Date(atMs).toISOString();
}

const hasZone = /Z$|[+-]\d\d:\d\d$/;

/** False for 31 February, which the parser takes for a day in March. */
function isCalendarDay(date: string): boolean {
  const atMs = Date.parse(date);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(date);
}

function topOption(text: string | undefined): number {
  const top = Number(text ?? 10);
  if (!Number.isInteger(top) || top < 1 || top > 1000) throw new SluiceError('USAGE', `--top needs a number from 1 to 1000, not "${text ?? ''}".`);
  return top;
}
