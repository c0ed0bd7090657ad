import { caseOf, cpuSecondsPerMillion, formatNumber, linesPerSecond, median, peakMegabytes, targetTable } from '../section.ts';

import type { ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const inspectSection: Section = {
  name: 'inspect',
  title: 'Lines to enriched JSON',
  about: '`sluice inspect < access.log > /dev/null` over the same file: parsed, enriched, checked and printed as JSON, nothing stored; one thread.',
  command: 'bench/inspect.ts',
  tables: (result) => [speed(result), targets(result)],
};

function speed(result: ResultFile): Table {
  return {
    headers: ['case', 'lines', 'wall s', 'lines/s', 'CPU s per 1 M lines', 'peak MB'],
    rows: result.results.map((one) => [
      one.title,
      formatNumber(median(one.samples, ({ figures }) => figures['lines'] ?? Number.NaN)),
      formatNumber(
        median(one.samples, ({ wallSeconds }) => wallSeconds),
        1,
      ),
      formatNumber(linesPerSecond(one)),
      formatNumber(cpuSecondsPerMillion(one), 1),
      formatNumber(peakMegabytes(one)),
    ]),
  };
}

function targets(result: ResultFile): Table {
  return targetTable([{ figure: 'everything on', measured: linesPerSecond(caseOf(result, 'everything')), atLeast: 150_000, unit: 'lines/s' }]);
}
