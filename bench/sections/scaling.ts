import { caseOf, cpuSecondsPerMillion, formatNumber, medianFigure, peakMegabytes, targetTable } from '../section.ts';

import type { ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const scalingSection: Section = {
  name: 'scaling',
  title: 'Several indexers',
  about: [
    'Shipped indexers of one group over 12 partitions, with default settings and everything on, Kafka and OpenSearch on the same machine: on few cores',
    'this says what a member costs, not how many times faster more machines are. Documents a second are counted over the last three quarters of the',
    'backlog, when all members have joined; CPU is the sum of all members, events that came twice included.',
    '',
    'Members come and go while 1,200 events a second arrive: the longest time without a commit of the partition that waits longest, and of the one',
    'that waits least. The brokers miss a killed member after `kafka.session_timeout_ms` (10 s), and nobody reads its partitions until then.',
  ].join('\n'),
  command: 'bench/scaling.ts',
  tables: (result) => [backlog(result), rebalance(result), targets(result)],
};

function backlog(result: ResultFile): Table {
  return {
    headers: ['backlog', 'events', 'documents/s', 'CPU s per 1 M events, all members', 'events that came twice', 'peak MB of a member'],
    rows: result.results
      .filter(({ name }) => name.startsWith('backlog-'))
      .map((one) => [
        one.title,
        formatNumber(medianFigure(one.samples, 'lines')),
        formatNumber(medianFigure(one.samples, 'docsPerSecond')),
        formatNumber(cpuSecondsPerMillion(one), 2),
        formatNumber(medianFigure(one.samples, 'repeated')),
        formatNumber(peakMegabytes(one)),
      ]),
  };
}

const phases: readonly (readonly [string, string])[] = [
  ['steady', 'nothing changes'],
  ['join', 'a second member joins'],
  ['kill', 'one of two is killed'],
  ['leave', 'one of two ends by SIGTERM'],
];

function rebalance(result: ResultFile): Table {
  const { samples } = caseOf(result, 'rebalance');
  return {
    headers: ['longest standstill', 'of the worst partition, ms', 'of the best partition, ms'],
    rows: phases.map(([phase, title]) => [
      title,
      formatNumber(medianFigure(samples, `${phase}LongestMs`)),
      formatNumber(medianFigure(samples, `${phase}ShortestMs`)),
    ]),
  };
}

function targets(result: ResultFile): Table {
  const { samples } = caseOf(result, 'rebalance');
  return targetTable([
    { figure: 'a second member joins', measured: medianFigure(samples, 'joinLongestMs'), atMost: 3000, unit: 'ms' },
    { figure: 'one of two ends by SIGTERM', measured: medianFigure(samples, 'leaveLongestMs'), atMost: 3000, unit: 'ms' },
    { figure: 'one of two is killed', measured: medianFigure(samples, 'killLongestMs'), atMost: 15_000, unit: 'ms' },
  ]);
}
