import { caseOf, cpuSecondsPerMillion, formatNumber, median, medianFigure, peakMegabytes, targetTable } from '../section.ts';

import type { CaseResult, ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const indexerSection: Section = {
  name: 'indexer',
  title: 'Kafka into OpenSearch',
  about: [
    'One shipped `indexer` with default settings works off a backlog of 12 partitions into a warm OpenSearch 3 of one node (one shard a day, no',
    'replicas); Kafka and OpenSearch run on the same machine and take most of it. CPU and memory are those of the indexer alone, from when it begins',
    'to consume until everything is committed; documents a second are counted from its first commit on. The bare sender does nothing but send bulk',
    'bodies made beforehand, of the same documents, as large and as many at once, before and after the indexer, on the same servers.',
  ].join('\n'),
  command: 'bench/indexer.ts',
  tables: (result) => [speed(result), targets(result), peers],
};

const percentOfBare = ({ samples }: CaseResult): number =>
  median(samples, ({ figures }) => (100 * (figures['docsPerSecond'] ?? Number.NaN)) / (figures['bareDocsPerSecond'] ?? Number.NaN));

const bareCpu = ({ samples }: CaseResult): number =>
  median(samples, ({ figures }) => (1e6 * (figures['bareCpuSeconds'] ?? Number.NaN)) / (figures['lines'] ?? Number.NaN));

function speed(result: ResultFile): Table {
  return {
    headers: ['case', 'events', 'CPU s per 1 M events', 'of a bare sender', 'documents/s', 'of a bare sender', 'in per cent', 'peak MB'],
    rows: result.results.map((one) => [
      one.title,
      formatNumber(medianFigure(one.samples, 'lines')),
      formatNumber(cpuSecondsPerMillion(one), 2),
      formatNumber(bareCpu(one), 2),
      formatNumber(medianFigure(one.samples, 'docsPerSecond')),
      formatNumber(medianFigure(one.samples, 'bareDocsPerSecond')),
      formatNumber(percentOfBare(one)),
      formatNumber(peakMegabytes(one)),
    ]),
  };
}

function targets(result: ResultFile): Table {
  const [plain, everything] = [caseOf(result, 'no-enrichment'), caseOf(result, 'everything')];
  return targetTable([
    { figure: plain.title, measured: cpuSecondsPerMillion(plain), atMost: 6, digits: 2, unit: 'CPU s per 1 M events' },
    { figure: everything.title, measured: cpuSecondsPerMillion(everything), atMost: 11, digits: 2, unit: 'CPU s per 1 M events' },
    { figure: `documents/s ${plain.title}`, measured: percentOfBare(plain), atLeast: 95, unit: '% of a bare sender' },
    { figure: `documents/s, ${everything.title}`, measured: percentOfBare(everything), atLeast: 95, unit: '% of a bare sender' },
    { figure: 'peak memory, everything on', measured: peakMegabytes(everything), atMost: 400, unit: 'MB' },
  ]);
}

/** Measured once, on other days: they do not come from a file of results, and the page says so. */
const peers: Table = {
  headers: ['others, for context: finished JSON from Kafka, nothing added', 'CPU s per 1 M events', 'documents/s', 'peak MB'],
  rows: [
    ['Fluent Bit 5.1.1', '6.4-7.0', '45,000-47,000', '206-229'],
    ['Bento 1.20 (`_id` from partition and offset)', '56-65', '16,000-23,000', '205'],
    ['kafka-python and opensearch-py (`helpers.bulk` of 500)', '67-70', '10,000-12,000', '81'],
  ],
};
