import { cpuSecondsPerMillion, formatNumber, linesPerSecond, peakMegabytes } from '../section.ts';

import type { Section } from '../section.ts';

export const kafkaSection: Section = {
  name: 'kafka',
  title: 'Kafka',
  about: [
    'Events of generated combined lines to and from one broker without replicas on the same machine, which takes its share of it. Publishing:',
    'acknowledged by all replicas, 1000 events a call, four calls pending, 12 partitions. Consuming: one member of a group, every batch committed.',
    'CPU seconds are those of the client alone.',
  ].join('\n'),
  command: 'bench/kafka.ts',
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
