/**
 * The short form of a report: what somebody wants to see when a file has just been read, on one screen.
 */
import { formatBytes, formatCount, formatDuration, formatMinute, formatShare } from './format-quantity.ts';
import { terminalText } from './terminal-text.ts';
import { renderTimeChart } from './time-chart.ts';
import { joinFitting, renderTopList, toRows } from './top-list.ts';

import type { Palette } from './palette.ts';
import type { Report } from './report.ts';
import type { Part } from './top-list.ts';

const shortTop = 5;
const shortChartHeight = 3;
const labelWidth = 14;

/** The lines of the short form, at most 27. */
export function renderShort(report: Report, width: number, palette: Palette): string[] {
  const { totals } = report;
  const lines = [...renderHeadline(report, width, palette), ''];
  if (report.timeline.buckets.length > 0) lines.push(...renderTimeChart(report.timeline, width, shortChartHeight, palette), '');
  if (report.paths.length > 0) {
    lines.push(palette.heading('Top paths'), ...renderTopList(toRows(report.paths.slice(0, shortTop)), totals.events, width, palette), '');
  }
  lines.push(...renderFacts(report, width, palette));
  const hints = ['More: npx sluice report', "npx sluice query '<SQL>'"].map((text) => ({ text }));
  lines.push(palette.dim(joinFitting(hints, width)));
  return lines;
}

/** Totals and span, two lines. */
export function renderHeadline(report: Report, width: number, palette: Palette): string[] {
  const { totals, span } = report;
  const parts: Part[] = [
    { text: plural(totals.events, 'event', 'events'), style: palette.heading },
    { text: formatBytes(totals.bytes_sent) },
    { text: plural(totals.distinct_addresses, 'address', 'addresses') },
  ];
  if (totals.threats > 0) parts.push({ text: plural(totals.threats, 'threat', 'threats'), style: palette.bad });
  if (totals.dead_letters > 0) parts.push({ text: plural(totals.dead_letters, 'dead letter', 'dead letters'), style: palette.warning });
  const lines = [joinFitting(parts, width)];
  if (span !== null) {
    const text = `${formatMinute(span.first_at)} to ${formatMinute(span.last_at)} UTC, ${formatDuration(span.seconds)}`;
    lines.push(palette.dim(terminalText(text, width)));
  }
  return lines;
}

/** One line or two each for statuses, countries, bots, threats and dead letters; what there is none of is left out. */
function renderFacts(report: Report, width: number, palette: Palette): string[] {
  const { totals } = report;
  const lines: string[] = [];
  const add = (label: string, parts: readonly Part[]): void => {
    lines.push(palette.heading(label.padEnd(labelWidth)) + joinFitting(parts, width - labelWidth));
  };
  const counts = (rows: readonly { readonly name: string | number | boolean; readonly events: number }[]): Part[] =>
    rows.map(({ name, events }) => ({ text: `${terminalText(String(name), 40)} ${formatCount(events)}` }));
  const shareOf = (part: number): string => `${formatCount(part)} (${formatShare(part, totals.events)})`;

  if (report.status_classes.length > 0) add('Status', report.status_classes.map(({ value, events }) => ({ text: `${value} ${shareOf(events)}`, style: statusStyle(value, palette) }))); // prettier-ignore
  if (report.countries.length > 0) add('Countries', counts(report.countries.map(({ value, events }) => ({ name: value, events })))); // prettier-ignore
  if (totals.bots > 0) add('Bots', [{ text: shareOf(totals.bots) }, ...counts(report.bots.kinds.map(({ value, events }) => ({ name: value, events })))]); // prettier-ignore
  if (totals.threats > 0) {
    add('Threats', [{ text: shareOf(totals.threats), style: palette.bad }, ...counts(report.threats.classes.map((entry) => ({ name: entry.class, events: entry.events })))]); // prettier-ignore
    add('', attackParts(report, palette));
  }
  if (totals.dead_letters > 0) {
    add('Dead letters', report.dead_letters.reasons.map(({ reason, count }) => ({ text: `${terminalText(reason, 40)} ${formatCount(count)}`, style: palette.warning }))); // prettier-ignore
    const example = report.dead_letters.examples[0];
    if (example !== undefined) add('', [{ text: terminalText(example.message), style: palette.dim }]);
  }
  return lines;
}

/** How attacks ended, and who attacked most. */
function attackParts(report: Report, palette: Palette): Part[] {
  const worked = report.threats.outcomes.find((outcome) => outcome.value === 'succeeded')?.events ?? 0;
  const outcome: Part =
    worked === 0 ? { text: 'none answered as if it worked' } : { text: `${formatCount(worked)} may have succeeded`, style: palette.bad };
  const addresses = report.threats.addresses
    .slice(0, 3)
    .map(({ value, events }) => ({ text: `${terminalText(String(value), 45)} ${formatCount(events)}` }));
  return [outcome, ...addresses];
}

/** Green, yellow and red by class of status; `value` is a status or its class. */
export function statusStyle(value: string | number | boolean, palette: Palette): (text: string) => string {
  const first = String(value).charAt(0);
  return first === '5' ? palette.bad : first === '4' ? palette.warning : palette.good;
}

function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
