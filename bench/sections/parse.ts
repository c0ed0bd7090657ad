import { caseOf, cpuSecondsPerMillion, formatNumber, linesPerSecond, medianFigure, targetTable } from '../section.ts';

import type { ResultFile } from '../result-file.ts';
import type { Section, Table } from '../section.ts';

export const parseSection: Section = {
  name: 'parse',
  title: 'Parsing',
  about: [
    'Generated combined lines of some 250 bytes in memory, one core, one thread. Every case makes one string per line; the last one also',
    'encodes each event as JSON bytes. The tools in the last table also read and write files, and some do less or more with a line: context, no contest.',
    '',
    'Strictness: valid lines include users with spaces, escaped quotes, HTTP/0.9, `-` as request and e-mail addresses as users. Broken lines are an',
    'eighth each: cut, empty, garbage, no time, bad time, bad status, no closing quote, error log. Tools that were measured on the same kinds of',
    'lines refused 0 to 298 of 20,000 valid ones and took 653 to 7,204 of 20,000 broken ones.',
  ].join('\n'),
  command: 'bench/parse.ts',
  tables: (result) => [speed(result), targets(result), peers],
};

function speed(result: ResultFile): Table {
  const timed = ['split', 'parse', 'json'].map((name) => caseOf(result, name));
  return {
    headers: ['case', 'CPU s per 1 M lines', 'lines/s'],
    rows: timed.map((one) => [one.title, formatNumber(cpuSecondsPerMillion(one), 2), formatNumber(linesPerSecond(one))]),
  };
}

function targets(result: ResultFile): Table {
  const { samples } = caseOf(result, 'strictness');
  const [valid, broken] = [medianFigure(samples, 'valid'), medianFigure(samples, 'broken')];
  return targetTable([
    { figure: 'parse', measured: cpuSecondsPerMillion(caseOf(result, 'parse')), atMost: 1.4, digits: 2, unit: 'CPU s per 1 M lines' },
    { figure: 'parse to JSON', measured: cpuSecondsPerMillion(caseOf(result, 'json')), atMost: 2.9, digits: 2, unit: 'CPU s per 1 M lines' },
    { figure: `of ${formatNumber(valid)} valid lines refused`, measured: medianFigure(samples, 'validRefused'), atMost: 0, unit: 'lines' },
    { figure: `of ${formatNumber(broken)} broken lines taken`, measured: medianFigure(samples, 'brokenTaken'), atMost: 0, unit: 'lines' },
  ]);
}

/** Measured once, on other days: they do not come from a file of results, and the page says so above the table. */
const peers: Table = {
  headers: ['others, for context: file to JSON file', 'CPU s per 1 M lines', 'lines/s', 'peak MB'],
  rows: [
    ['Fluent Bit 5.1.1 (its `apache2` regex)', '4.8-5.0', '185,000-208,000', '79'],
    ['rsyslog 8.2302 (liblognorm, tuned queue)', '9.8-11.5', '102,000-131,000', '221'],
    ['syslog-ng 3.38 (apache parser, tuned)', '9.9-10.6', '78,000-100,000', '65'],
    ['Bento 1.20 (`re_find_object` / `grok`)', '27-31 / 302', '49,000-62,000 / 5,500', '50'],
    ['GoAccess 1.7 (analysis to JSON, no lines out)', '26.8', '37,000', '255'],
    ['CrowdSec 1.4.6 (parse and enrich only)', '444', '2,400', '57'],
    ['apache-log-parser 1.7 (Python)', '294', '3,300', '16'],
  ],
};
