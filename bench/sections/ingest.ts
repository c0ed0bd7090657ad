import { caseOf, cpuSecondsPerMillion, formatNumber, linesPerSecond, median, medianFigure, peakMegabytes, targetTable } from '../section.ts';

import type { CaseResult, ResultFile } from '../result-file.ts';
import type { Section, Table, Target } from '../section.ts';

export const ingestSection: Section = {
  name: 'ingest',
  title: 'A file into Kafka',
  about: [
    'The shipped `ingest` over generated combined lines of some 250 bytes, the whole process from its start: read, parsed, encoded and published to 12',
    'partitions, acknowledged by all replicas, compressed with snappy. The broker runs on the same machine, without replicas, and takes its share of it;',
    'CPU and memory are those of ingest alone. A sample counts when the offsets of the topic say that every line is there.',
  ].join('\n'),
  command: 'bench/ingest.ts',
  tables: (result) => [speed(result), threads(result), targets(result), peers],
};

function speed(result: ResultFile): Table {
  return {
    headers: ['case', 'lines', 'wall s', 'lines/s', 'CPU s per 1 M lines', 'peak MB'],
    rows: result.results.map((one) => [
      one.title,
      formatNumber(medianFigure(one.samples, 'lines')),
      formatNumber(
        median(one.samples, ({ wallSeconds }) => wallSeconds),
        1,
      ),
      formatNumber(linesPerSecond(one)),
      formatNumber(cpuSecondsPerMillion(one), 2),
      formatNumber(peakMegabytes(one)),
    ]),
  };
}

/** Of the first sample. */
function threads(result: ResultFile): Table {
  const usage = Object.entries(caseOf(result, 'file-platformatic').samples[0]?.threads ?? {});
  return { headers: ['`ingest --file`, by thread', 'CPU s'], rows: usage.map(([task, seconds]) => [task, formatNumber(seconds, 1)]) };
}

function targets(result: ResultFile): Table {
  return targetTable([
    ...cpuAndSpeed('file, default producer', caseOf(result, 'file-platformatic')),
    ...cpuAndSpeed('following, default producer', caseOf(result, 'follow-platformatic')),
    ...result.results.map((one): Target => ({ figure: `peak of ${one.title}`, measured: peakMegabytes(one), atMost: 400, unit: 'MB' })),
  ]);
}

function cpuAndSpeed(figure: string, one: CaseResult): Target[] {
  return [
    { figure, measured: cpuSecondsPerMillion(one), atMost: 5, digits: 2, unit: 'CPU s per 1 M lines' },
    { figure, measured: linesPerSecond(one), atLeast: 150_000, unit: 'lines/s' },
  ];
}

/** Measured once, on other days: they do not come from a file of results, and the page says so. */
const peers: Table = {
  headers: ['others, for context: file to Kafka, 4 partitions', 'CPU s per 1 M lines', 'lines/s', 'peak MB'],
  rows: [
    ['Fluent Bit 5.1.1', '5.3-6.2', '137,000-150,000', '75'],
    ['rsyslog 8.2302 (omkafka)', '13.3-18.9', '76,000-105,000', '270-390'],
    ['syslog-ng 3.38 (kafka-c)', '14.8-15.8', '87,000-105,000', '70'],
    ['Bento 1.20 (regex, snappy)', '34', '44,000', '74'],
  ],
};
