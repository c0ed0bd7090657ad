import { caseOf, formatNumber, medianFigure, peakMegabytes, targetTable } from '../section.ts';

import type { ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const servicesSection: Section = {
  name: 'services',
  title: 'Both services following a file',
  about: [
    'The shipped `ingest` and `indexer` with default settings but `elasticsearch.refresh_interval_seconds: 1`, one followed file, Kafka and OpenSearch 3 on',
    'the same machine. Idle: CPU time of each process over wall time while nothing is appended. Latency: single lines are appended at random',
    'intervals, and OpenSearch is asked for those that are missing, without pause but for 2 ms; by real-time get (stored) or by search (found).',
    'A refresh each second makes half a second the floor of the second median.',
  ].join('\n'),
  command: 'bench/services.ts',
  tables: (result) => [idle(result), latency(result), targets(result), peers],
};

function idle(result: ResultFile): Table {
  const one = caseOf(result, 'idle');
  return {
    headers: ['nothing happens', 'CPU % of a core', 'peak MB of both'],
    rows: ['ingest', 'indexer'].map((name) => [
      name,
      formatNumber(medianFigure(one.samples, `${name}CpuPercent`), 2),
      name === 'ingest' ? formatNumber(peakMegabytes(one)) : '',
    ]),
  };
}

function latency(result: ResultFile): Table {
  return {
    headers: ['line appended to', 'lines', 'p50 ms', 'p90 ms', 'p99 ms', 'longest ms', 'one question, ms'],
    rows: ['stored', 'searchable'].map((name) => {
      const { samples } = caseOf(result, name);
      return [
        name === 'stored' ? 'stored' : 'found by search',
        ...['appends', 'p50Ms', 'p90Ms', 'p99Ms', 'maxMs'].map((figure) => formatNumber(medianFigure(samples, figure))),
        formatNumber(medianFigure(samples, 'meanAnswerMs'), 1),
      ];
    }),
  };
}

function targets(result: ResultFile): Table {
  const [idleSamples, stored, searchable] = ['idle', 'stored', 'searchable'].map((name) => caseOf(result, name).samples);
  return targetTable([
    { figure: 'idle ingest', measured: medianFigure(idleSamples ?? [], 'ingestCpuPercent'), atMost: 0.5, digits: 2, unit: '% of a core' },
    { figure: 'idle indexer', measured: medianFigure(idleSamples ?? [], 'indexerCpuPercent'), atMost: 0.5, digits: 2, unit: '% of a core' },
    { figure: 'appended to stored, p99', measured: medianFigure(stored ?? [], 'p99Ms'), atMost: 300, unit: 'ms' },
    { figure: 'appended to found by search, p50', measured: medianFigure(searchable ?? [], 'p50Ms'), atMost: 600, unit: 'ms' },
    { figure: 'appended to found by search, p99', measured: medianFigure(searchable ?? [], 'p99Ms'), atMost: 1300, unit: 'ms' },
  ]);
}

/** Measured once, on other days: they do not come from a file of results, and the page says so. */
const peers: Table = {
  headers: ['others, for context: appended to found by search, 7 lines, refresh 1 s', 'p50 ms', 'range ms'],
  rows: [
    ['Bento 1.20 (100 ms poll)', '450', '120-970'],
    ['rsyslog 8.2302', '680', '100-990'],
    ['Fluent Bit 5.1.1 (flush 1 s)', '1,070', '740-1,470'],
    ['syslog-ng 3.38 (follow 1 s, batch 1 s)', '2,480', '1,990-2,830'],
  ],
};
