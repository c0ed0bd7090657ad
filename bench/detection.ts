/**
 * How much is found and how much is false alarm, over the rows of ../shared/data. `npm run bench:detection`.
 *
 *   --part tuning|report|all  which half (default report); rules are tuned on the other
 *   --misses N                shows up to N misses or false alarms of each measure
 *   --only TEXT               only measures whose title contains it
 *   --classes                 a table by corpus and class
 *   --speed                   lines per second, too
 *   --write                   puts the tables, and the rows that went wrong by name, into docs/detection.md
 */
import { parseArgs } from 'node:util';

import { measureBots } from './detection/bots.ts';
import { createJudge } from './detection/judge.ts';
import { readRequests } from './detection/rows.ts';
import { measureSpeed } from './detection/speed.ts';
import { crsRowsWithHost, isNamedRightly, measures } from './detection/targets.ts';
import { say, writePage } from './detection/page.ts';
import { percent } from './detection/percent.ts';

import type { Judged } from './detection/judge.ts';
import type { Measure } from './detection/targets.ts';

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'report' },
    misses: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    classes: { type: 'boolean', default: false },
    speed: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const shown = Number(values.misses);
const mostListed = 60;

const files = ['attacks', 'benign', 'evasion', 'real_requests'];
const rows = files.flatMap(readRequests).filter(isInPart);
const judge = createJudge();
const judged = rows.map(judge);
const judgedWithHost = crsRowsWithHost(rows).map(judge);

printTable();
if (values.classes) printClasses();
printNaming();
measureBots(values.part, shown);
if (values.speed) measureSpeed(rows);
if (values.write) {
  listWrong();
  writePage();
}

function isInPart({ part }: { readonly part: string }): boolean {
  return values.part === 'all' || part === values.part;
}

function selectedBy({ selects, withHost = false }: Measure): Judged[] {
  return (withHost ? judgedWithHost : judged).filter(({ row }) => selects(row));
}

function printTable(): void {
  say(`\n| ${values.part} half | rows | reached, % | target, % | |\n| --- | ---: | ---: | ---: | --- |`);
  for (const measure of measures) {
    if (!measure.title.includes(values.only)) continue;
    const some = selectedBy(measure);
    const found = some.filter((one) => one.flagged).length;
    const reached = percent(found, some.length);
    const good = measure.kind === 'recall' ? reached >= measure.targetPercent : reached <= measure.targetPercent;
    const sign = measure.kind === 'recall' ? '>=' : '<=';
    say(`| ${measure.title} | ${some.length} | ${reached} | ${sign} ${measure.targetPercent} | ${good ? '' : 'missed'} |`);
    printWrong(measure, some);
  }
}

function printWrong(measure: Measure, some: readonly Judged[]): void {
  const wrong = some.filter((one) => one.flagged !== (measure.kind === 'recall'));
  for (const { row, rules } of wrong.slice(0, shown)) {
    const { referer = '', user_agent: agent = '' } = row.headers;
    console.log(`    ${row.id} ${row.class ?? ''} ${row.method} ${row.uri} | ${referer} | ${agent} [${rules.join(' ')}]`.slice(0, 300));
  }
}

function printClasses(): void {
  const groups = Map.groupBy(
    judged.filter(({ row }) => row.weak !== true && (row.label === 'attack' || row.label === 'benign')),
    ({ row }) => `${row.corpus} ${row.class ?? row.label}`,
  );
  for (const [name, some] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    const found = some.filter((one) => one.flagged);
    const named = found.filter((one) => isNamedRightly(one) === true).length;
    console.log(
      `${name.padEnd(36)} ${String(some.length).padStart(6)} ${percent(found.length, some.length)} % named ${percent(named, found.length)} %`,
    );
  }
}

function printNaming(): void {
  const found = judged.filter((one) => one.flagged && one.row.label === 'attack' && isNamedRightly(one) !== null);
  const groups = Map.groupBy(found, ({ row }) => row.corpus);
  const shares = [...groups.values()].map((some) => some.filter((one) => isNamedRightly(one) === true).length / some.length);
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  say(`\nNamed with the right class: ${percent(mean, 1)} % (mean over corpora; target >= 90)`);
}

/** Rows that went wrong, by file and line. */
function listWrong(): void {
  say('\nMissed attacks and false alarms by file and line of the data:\n');
  for (const measure of measures) {
    const wrong = selectedBy(measure)
      .filter((one) => one.flagged !== (measure.kind === 'recall'))
      .map(({ row }) => row.id);
    const more = wrong.length > mostListed ? `, and ${wrong.length - mostListed} more` : '';
    if (wrong.length > 0) say(`- ${measure.title}: ${wrong.slice(0, mostListed).join(', ')}${more}`);
  }
}
