import { caseOf, cpuSecondsPerMillion, formatNumber, linesPerSecond, median, peakMegabytes, targetTable } from '../section.ts';

import type { CaseResult, ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

const names = ['everything', 'no-places', 'no-enrichment', 'again'];

export const fileToDuckDbSection: Section = {
  name: 'file-to-duckdb',
  title: 'A file into the database',
  about: [
    '`sluice --file access.log --json`, the whole process from its start to its end, its report included, over generated combined lines of some',
    '250 bytes. Every line is parsed, enriched, checked and stored in DuckDB in transactions; a run that does not account for every line counts as',
    'failed. CPU is user and system time of all threads.',
  ].join('\n'),
  command: 'bench/file-to-duckdb.ts',
  tables: (result) => [speed(result), threads(result), targets(result)],
};

function speed(result: ResultFile): Table {
  return {
    headers: ['case', 'lines', 'wall s', 'lines/s', 'CPU s per 1 M lines', 'peak MB', 'database bytes per event'],
    rows: names.map((name) => row(caseOf(result, name))),
  };
}

function row(one: CaseResult): string[] {
  const of = (figure: string): number => median(one.samples, ({ figures }) => figures[figure] ?? Number.NaN);
  return [
    one.title,
    formatNumber(of('lines')),
    formatNumber(
      median(one.samples, ({ wallSeconds }) => wallSeconds),
      1,
    ),
    formatNumber(linesPerSecond(one)),
    formatNumber(cpuSecondsPerMillion(one), 1),
    formatNumber(peakMegabytes(one)),
    formatNumber(of('databaseBytes') / of('lines')),
  ];
}

/** Of the first sample; together a little less than the whole, as a thread's last moments are not seen. */
function threads(result: ResultFile): Table {
  const usage = Object.entries(caseOf(result, 'everything').samples[0]?.threads ?? {});
  return { headers: ['everything on, by thread', 'CPU s'], rows: usage.map(([task, seconds]) => [task, formatNumber(seconds, 1)]) };
}

function targets(result: ResultFile): Table {
  const everything = caseOf(result, 'everything');
  return targetTable([
    { figure: 'everything on', measured: linesPerSecond(everything), atLeast: 90_000, unit: 'lines/s' },
    { figure: 'peak memory, everything on', measured: peakMegabytes(everything), atMost: 600, unit: 'MB' },
  ]);
}
