import { caseOf, formatNumber, linesPerSecond, median, medianFigure, peakMegabytes, targetTable } from '../section.ts';

import type { CaseResult, ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const memorySection: Section = {
  name: 'memory',
  title: 'Memory',
  about: [
    'Peak resident memory of the process, each row with one part more, then runs with everything on. The clients of the large file keep being new;',
    'the last table is the course of that run: what is resident must not grow with the file.',
  ].join('\n'),
  command: 'bench/memory.ts',
  tables: (result) => [parts(result), runs(result), ...courses(result), targets(result)],
};

const isRun = ({ name }: CaseResult): boolean => name === 'run' || name === 'large';

function parts(result: ResultFile): Table {
  return {
    headers: ['the process with', 'peak MB'],
    rows: result.results.filter((one) => !isRun(one)).map((one) => [one.title, formatNumber(peakMegabytes(one))]),
  };
}

function runs(result: ResultFile): Table {
  return {
    headers: ['run', 'lines', 'distinct clients', 'lines/s', 'peak MB', 'database MB'],
    rows: result.results
      .filter(isRun)
      .map((one) => [
        one.title,
        formatNumber(medianFigure(one.samples, 'lines')),
        formatNumber(medianFigure(one.samples, 'distinctAddresses')),
        formatNumber(linesPerSecond(one)),
        formatNumber(peakMegabytes(one)),
        formatNumber(median(one.samples, ({ figures }) => (figures['databaseBytes'] ?? Number.NaN) / 1e6)),
      ]),
  };
}

const coursePoints = 10;

/** Resident memory in ten equal parts of the large run. */
function courses(result: ResultFile): Table[] {
  const course = caseOf(result, 'large').samples[0]?.series?.['rssMegabytes'] ?? [];
  if (course.length < coursePoints) return [];
  const ends = Array.from({ length: coursePoints }, (_, part) => Math.floor(((part + 1) * course.length) / coursePoints) - 1);
  return [
    {
      headers: ['part of the large run done', ...ends.map((_, part) => `${((part + 1) * 100) / coursePoints} %`)],
      rows: [['resident MB', ...ends.map((at) => formatNumber(course[at] ?? Number.NaN))]],
    },
  ];
}

function targets(result: ResultFile): Table {
  return targetTable(
    result.results.filter(isRun).map((one) => ({ figure: `peak of ${one.title}`, measured: peakMegabytes(one), atMost: 600, unit: 'MB' })),
  );
}
