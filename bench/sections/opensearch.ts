import { cpuSecondsPerMillion, formatNumber, linesPerSecond, peakMegabytes } from '../section.ts';

import type { Section } from '../section.ts';

export const openSearchSection: Section = {
  name: 'opensearch',
  title: 'OpenSearch',
  about: [
    'Enriched events of generated combined lines into one warm node of OpenSearch (one shard, no replicas, refresh of 30 s) on the same machine,',
    'which takes most of it. Batches of 1000 events, four at once; each event acknowledged. CPU seconds are those of the client alone.',
  ].join('\n'),
  command: 'bench/opensearch.ts',
  tables: (result) => [
    {
      headers: ['case', 'CPU s per 1 M events', 'events/s', 'peak MB'],
      rows: result.results.map((one) => [
        one.title,
        formatNumber(cpuSecondsPerMillion(one), 2),
        formatNumber(linesPerSecond(one)),
        formatNumber(peakMegabytes(one)),
      ]),
    },
  ],
};
