/**
 * What `ingest --file` says at its end: what was read and published.
 */
import { writeJson, writeText } from '@sluice/cli';
import { formatCount, terminalText } from '@sluice/reporting';

import type { Terminal } from '@sluice/cli';
import type { IngestionSummary } from '@sluice/ingestion';

/** Prints the run to stdout, as text or as one JSON object, and its errors to stderr. */
export async function printIngested(summary: IngestionSummary, options: { json: boolean; topic: string; terminal: Terminal }): Promise<void> {
  const { json, topic, terminal } = options;
  const deadLetters = totalOf(summary.deadLetters);
  const linesPerSecond = Math.round(summary.lines / Math.max(summary.seconds, 0.001));
  for (const { code, message, hint } of summary.errors) {
    terminal.stderr.write(`ingest: ${code}: ${terminalText(message)}\n  ${terminalText(hint)}\n`);
  }
  if (json) {
    const run = {
      topic,
      lines: summary.lines,
      bytes: summary.bytes,
      events: summary.events,
      dead_letters: summary.deadLetters,
      dropped: summary.dropped,
      seconds: summary.seconds,
      lines_per_second: linesPerSecond,
      aborted: summary.aborted,
      files: summary.files.map(({ file, format, lines, error }) => ({ file, format, lines, error: error?.code ?? null })),
      errors: summary.errors.map(({ code, message }) => ({ code, message })),
    };
    await writeJson(terminal.stdout, `${JSON.stringify(run)}\n`);
    return;
  }
  const ends = [
    `${formatCount(summary.events)} events published to ${topic}`,
    `${formatCount(deadLetters)} dead letters to ${topic}.dlq`,
    `${formatCount(totalOf(summary.dropped))} dropped`,
  ];
  await writeText(
    terminal.stdout,
    `${formatCount(summary.lines)} lines in ${summary.seconds.toFixed(1)} s (${formatCount(linesPerSecond)} lines/s): ${ends.join(', ')}\n`,
  );
  if (summary.aborted) terminal.stderr.write('Interrupted: what was read so far is published; run it again for the rest, nothing is stored twice.\n');
}

function totalOf(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
