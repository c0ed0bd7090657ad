/**
 * The report as text for a terminal. Everything a client sent passes `terminalText` on its way here.
 */
import { formatCount, formatMilliseconds, formatMinute } from './format-quantity.ts';
import { choosePalette } from './palette.ts';
import { renderHeadline, renderShort, statusStyle } from './render-short.ts';
import { terminalText } from './terminal-text.ts';
import { renderTimeChart } from './time-chart.ts';
import { joinFitting, padText, renderTopList, toRows } from './top-list.ts';

import type { Palette } from './palette.ts';
import type { Report, ReportAddress, ThreatExample } from './report.ts';
import type { TopRow } from './top-list.ts';

export interface RenderOptions {
  /** Terminal columns; used between 40 and 140; 100 for what is no width. */
  readonly width: number;
  /** Whether ANSI styles are wanted. */
  readonly color: boolean;
  /** Only what fits one screen, with hints where to read on. */
  readonly short?: boolean | undefined;
}

const narrowest = 40;
const widest = 140;
const defaultWidth = 100;
const chartHeight = 6;

/** The report as lines of text, the last one ended too. */
export function renderReport(report: Report, options: RenderOptions): string {
  const palette = choosePalette(options.color);
  const width = Math.max(narrowest, Math.min(widest, Math.floor(options.width) || defaultWidth));
  const lines = options.short === true ? renderShort(report, width, palette) : renderFull(report, width, palette);
  return `${lines.join('\n')}\n`;
}

function renderFull(report: Report, width: number, palette: Palette): string[] {
  const { totals } = report;
  const lines = [...renderHeadline(report, width, palette)];
  const section = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push('', palette.heading(title), ...body);
  };
  const list = (title: string, rows: readonly TopRow[], whole = totals.events): void =>
    section(title, rows.length === 0 ? [] : renderTopList(rows, whole, width, palette));

  if (report.timeline.buckets.length > 0) lines.push('', ...renderTimeChart(report.timeline, width, chartHeight, palette));
  list('Status', [...report.status_classes, ...report.statuses].map((count) => statusRow(count, palette))); // prettier-ignore
  list('Paths', toRows(report.paths, true));
  list('Hosts', toRows(report.hosts, true));
  list('Methods', toRows(report.methods));
  list('Addresses', report.addresses.map(addressRow)); // prettier-ignore
  list('Countries', toRows(report.countries));
  list('Referers', toRows(report.referers));
  list(
    'User agents',
    report.user_agents.map((agent) => ({ ...toRow(agent), cut: 'middle' })),
  );
  list('Browsers', toRows(report.browsers));
  list('Operating systems', toRows(report.operating_systems));
  section('Response times', renderResponseTimes(report, width));
  list(`Bots: ${formatCount(totals.bots)} events, by kind`, toRows(report.bots.kinds), totals.bots);
  list('Bots by name', toRows(report.bots.names), totals.bots);
  list('Bots by claim', report.bots.claims.map((claim) => ({ ...toRow(claim), style: claim.value === 'spoofed' ? palette.bad : palette.bar })), totals.bots); // prettier-ignore
  section(palette.bad(`Threats: ${formatCount(totals.threats)} events, by class`), renderThreats(report, width, palette));
  list('Threats by severity', toRows(report.threats.severities), totals.threats);
  list('Threats by outcome', report.threats.outcomes.map((outcome) => ({ ...toRow(outcome), style: outcome.value === 'succeeded' ? palette.bad : palette.bar })), totals.threats); // prettier-ignore
  list('Attacking addresses', report.threats.addresses.map(addressRow), totals.threats); // prettier-ignore
  section(palette.warning(`Dead letters: ${formatCount(totals.dead_letters)}`), renderDeadLetters(report, width, palette));
  return lines;
}

function toRow(count: { readonly value: string | number | boolean; readonly events: number }): TopRow {
  return { name: String(count.value), events: count.events };
}

function statusRow(count: Report['statuses'][number], palette: Palette): TopRow {
  if (typeof count.value === 'string') return { ...toRow(count), style: statusStyle(count.value, palette) };
  return { ...toRow(count), name: `  ${count.value}`, style: palette.dim };
}

function addressRow(address: ReportAddress): TopRow {
  return { ...toRow(address), ...(address.country === null ? {} : { note: address.country }) };
}

function renderResponseTimes(report: Report, width: number): string[] {
  const times = report.response_time_ms;
  if (times === null) return [];
  const named = (['p50', 'p95', 'p99', 'mean', 'max'] as const).map((name) => ({ text: `${name} ${formatMilliseconds(times[name])}` }));
  return [`  ${joinFitting([...named, { text: `of ${formatCount(times.count)} events` }], width - 2)}`];
}

function renderThreats(report: Report, width: number, palette: Palette): string[] {
  const { classes } = report.threats;
  const rows = classes.map((entry) => ({ name: entry.class, events: entry.events, style: palette.bad }));
  const heads = rows.length === 0 ? [] : renderTopList(rows, report.totals.threats, width, palette);
  return classes.flatMap((entry, index) => [heads[index] ?? '', ...entry.examples.flatMap((example) => renderExample(example, width, palette))]);
}

/** Two lines: how it ended, who asked for what; which rule saw what. */
function renderExample(example: ThreatExample, width: number, palette: Palette): string[] {
  const outcome = terminalText(example.outcome ?? 'unknown', 9);
  const at = example.at === null ? '' : `${formatMinute(example.at)} `;
  const request = `${at}${example.ip_address ?? '-'} ${example.status ?? '-'} ${example.method ?? ''} ${example.target ?? ''}`;
  const evidence = `${example.severity}, ${example.rule}, in ${example.field}: ${example.evidence}`;
  const style = outcome === 'succeeded' ? palette.bad : palette.dim;
  return [
    `    ${style(padText(outcome, 9))} ${terminalText(request, width - 14)}`,
    `    ${' '.repeat(10)}${palette.dim(terminalText(evidence, width - 14))}`,
  ];
}

function renderDeadLetters(report: Report, width: number, palette: Palette): string[] {
  const { reasons, examples } = report.dead_letters;
  return reasons.flatMap(({ reason, count }) => [
    `  ${padText(terminalText(reason, 30), 16)} ${formatCount(count)}`,
    ...examples
      .filter((example) => example.reason === reason)
      .flatMap((example) => [
        `    ${palette.dim('·')} ${terminalText(example.message, width - 6)}`,
        `      ${palette.dim(terminalText(`${example.origin}  ${example.head}`, width - 6))}`,
      ]),
  ]);
}
