import { formatNumber, medianFigure } from '../section.ts';

import type { CaseResult, ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const enrichSection: Section = {
  name: 'enrich',
  title: 'Enrichment',
  about: [
    'One core; the time of `enrich` alone. The first pass begins with empty caches; the warm figure is the best of three more passes over the same',
    'lines. A generated log has more different clients than most real ones; the real blog is a public log of 10,000 lines.',
    'A cache of whole lines is what Sluice does not have; the last table says why (`adr/0003`).',
  ].join('\n'),
  command: 'bench/enrich.ts',
  tables: (result) => [costs(result), lineCache(result)],
};

const isLineCache = ({ name }: CaseResult): boolean => name.endsWith('/line-cache');

function costs(result: ResultFile): Table {
  return {
    headers: ['case', 'events', 'first pass, ns/event', 'warm, ns/event', 'hits: address', 'agent', 'target'],
    rows: result.results
      .filter((one) => !isLineCache(one))
      .map(({ title, samples }) => [
        title,
        ...['lines', 'firstPassNs', 'warmNs'].map((name) => formatNumber(medianFigure(samples, name))),
        ...['address', 'user_agent', 'target'].map((cache) => formatPercent(medianFigure(samples, `${cache}HitPercent`))),
      ]),
  };
}

function lineCache(result: ResultFile): Table {
  return {
    headers: ['case', 'hits', 'look-up and insert, ns/line', 'parsing, ns/line'],
    rows: result.results
      .filter(isLineCache)
      .map(({ title, samples }) => [
        title,
        formatPercent(medianFigure(samples, 'hitPercent')),
        formatNumber(medianFigure(samples, 'cacheNs')),
        formatNumber(medianFigure(samples, 'parseNs')),
      ]),
  };
}

/** Negative stands for a cache that was not asked. */
function formatPercent(percent: number): string {
  return percent >= 0 ? `${formatNumber(percent, 1)} %` : '-';
}
