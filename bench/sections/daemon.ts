import { caseOf, formatNumber, median, medianFigure, peakMegabytes, targetTable } from '../section.ts';

import type { ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const daemonSection: Section = {
  name: 'daemon',
  title: 'Following a file',
  about: [
    '`sluice --daemon` with default settings and one followed file. Idle: CPU time of the process over wall time while nothing is appended.',
    'Latency: single lines are appended at random intervals, and another process asks the daemon for its count of events over the control socket,',
    'without pause but for 2 ms; a line is stored when an answer counts it. So the figures include the question, and the daemon answers some',
    'hundred questions a second meanwhile.',
  ].join('\n'),
  command: 'bench/daemon.ts',
  tables: (result) => [costs(result), latency(result), targets(result)],
};

function costs(result: ResultFile): Table {
  return {
    headers: ['case', 'seconds', 'CPU % of a core', 'peak MB'],
    rows: result.results.map((one) => [
      one.title,
      formatNumber(median(one.samples, ({ wallSeconds }) => wallSeconds)),
      formatNumber(
        median(one.samples, ({ wallSeconds, cpuSeconds }) => (100 * cpuSeconds) / wallSeconds),
        2,
      ),
      formatNumber(peakMegabytes(one)),
    ]),
  };
}

function latency(result: ResultFile): Table {
  const { samples } = caseOf(result, 'appends');
  return {
    headers: ['line appended to event stored', 'p50 ms', 'p90 ms', 'p99 ms', 'longest ms', 'one question, ms'],
    rows: [
      [
        `${formatNumber(medianFigure(samples, 'appends'))} lines`,
        ...['p50Ms', 'p90Ms', 'p99Ms', 'maxMs', 'meanAnswerMs'].map((name) =>
          formatNumber(medianFigure(samples, name), name === 'meanAnswerMs' ? 1 : 0),
        ),
      ],
    ],
  };
}

function targets(result: ResultFile): Table {
  return targetTable([
    { figure: 'idle daemon', measured: medianFigure(caseOf(result, 'idle').samples, 'cpuPercent'), atMost: 0.5, digits: 2, unit: '% of a core' },
    { figure: 'appended to stored, p99', measured: medianFigure(caseOf(result, 'appends').samples, 'p99Ms'), atMost: 300, unit: 'ms' },
  ]);
}
