/**
 * What a one-shot run prints: what was read and what became of it, then the short form of the report.
 */
import { wantsColor, writeJson, writeText } from '@sluice/cli';
import { buildReport, formatCount, renderReport, terminalText } from '@sluice/reporting';

import type { Terminal } from '@sluice/cli';
import type { RunSummary } from '@sluice/pipeline';
import type { EventFilter, EventReader } from '@sluice/ports';

/** Prints the run to stdout and its errors to stderr. The report covers the file when it was one, else all that is stored. */
export async function printRun(summary: RunSummary, events: EventReader, options: { json: boolean; terminal: Terminal }): Promise<void> {
  const { json, terminal } = options;
  const [only, ...others] = summary.files;
  const filter: EventFilter = only !== undefined && others.length === 0 ? { equals: { log_file: only.file } } : {};
  for (const { code, message, hint } of summary.errors) {
    terminal.stderr.write(`sluice: ${code}: ${terminalText(message)}\n  ${terminalText(hint)}\n`);
  }
  if (json) {
    const report = await buildReport(events, { filter });
    await writeJson(terminal.stdout, `${JSON.stringify({ run: runAsJson(summary), report })}\n`);
    return;
  }
  await writeText(terminal.stdout, describeRun(summary));
  if (summary.stored + summary.duplicates === 0) return;
  const report = await buildReport(events, { filter });
  await writeText(
    terminal.stdout,
    renderReport(report, { width: terminal.stdout.columns ?? 100, color: wantsColor(terminal.stdout, terminal.env), short: true }),
  );
}

function describeRun(summary: RunSummary): string {
  const files = summary.files
    .filter(({ leftOut, error }) => !leftOut && error === null)
    .map(
      ({ file, format, lines }) => `${terminalText(file)}: ${formatCount(lines)} lines${format === null ? '' : `, format ${terminalText(format)}`}\n`,
    );
  const ends = [
    `${formatCount(summary.stored)} stored`,
    `${formatCount(summary.duplicates)} stored before`,
    `${formatCount(summary.deadLettered)} dead letters`,
    `${formatCount(totalOf(summary.dropped))} dropped`,
  ];
  return `${files.join('')}${formatCount(summary.lines)} lines in ${summary.seconds.toFixed(1)} s (${formatCount(linesPerSecond(summary))} lines/s): ${ends.join(', ')}\n`;
}

/** The run for machines: snake_case like the report, errors by code and message. */
function runAsJson(summary: RunSummary): Record<string, unknown> {
  return {
    lines: summary.lines,
    bytes: summary.bytes,
    stored: summary.stored,
    duplicates: summary.duplicates,
    dead_lettered: summary.deadLettered,
    dead_letters: summary.deadLetters,
    dropped: summary.dropped,
    seconds: summary.seconds,
    lines_per_second: linesPerSecond(summary),
    aborted: summary.aborted,
    files: summary.files.map(({ file, format, lines, bytes, events, deadLetters, dropped, leftOut, error }) => {
      return { file, format, lines, bytes, events, dead_letters: deadLetters, dropped, left_out: leftOut, error: error?.code ?? null };
    }),
    errors: summary.errors.map(({ code, message }) => ({ code, message })),
  };
}

function linesPerSecond(summary: RunSummary): number {
  return Math.round(summary.lines / Math.max(summary.seconds, 0.001));
}

function totalOf(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
