/**
 * Requests over time as columns of block characters, with both axes labelled.
 */
import { formatCount, formatDuration } from './format-quantity.ts';

import type { Palette } from './palette.ts';
import type { Report, ReportBucket } from './report.ts';

const levels = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** No column is drawn wider than this, so that three buckets do not become walls. */
const widestColumn = 4;

/**
 * The lines of the chart: a title, `height` rows of columns, the time axis and its labels; then one row each for threats
 * and server errors, where there are any.
 *
 * Units: `width` in terminal columns, at least 40.
 */
export function renderTimeChart(timeline: Report['timeline'], width: number, height: number, palette: Palette): string[] {
  const all = timeline.buckets;
  if (all.length === 0) return [];
  const scaleWidth = Math.max(7, formatCount(Math.max(...all.map((bucket) => bucket.events))).length);
  const room = width - scaleWidth - 3;
  const merged = Math.ceil(all.length / room);
  const buckets = mergeBuckets(all, merged);
  const columnWidth = Math.min(widestColumn, Math.max(1, Math.floor(room / buckets.length)));
  const most = Math.max(...buckets.map((bucket) => bucket.events), 1);

  const rows: string[] = [
    `${palette.heading('Requests')} ${palette.dim(`per ${formatDuration(timeline.bucket_seconds * merged).replace(/^1 /, '')}, UTC`)}`,
  ];
  for (let row = height - 1; row >= 0; row -= 1) {
    const label = row === height - 1 ? formatCount(most) : '';
    const cells = buckets.map((bucket) => levelOf(bucket.events, most, height, row).padEnd(1).repeat(columnWidth)).join('');
    rows.push(`${palette.dim(`${label.padStart(scaleWidth)} │`)} ${palette.bar(cells.trimEnd())}`);
  }
  const [axis, labels] = timeAxis(buckets, columnWidth);
  rows.push(palette.dim(`${'0'.padStart(scaleWidth)} └─${axis}`), palette.dim(`${' '.repeat(scaleWidth + 3)}${labels}`));
  rows.push(...sparkRow('threats', buckets.map((bucket) => bucket.threats), scaleWidth, columnWidth, palette.bad)); // prettier-ignore
  rows.push(...sparkRow('5xx', buckets.map((bucket) => bucket.server_errors), scaleWidth, columnWidth, palette.warning)); // prettier-ignore
  return rows;
}

/** Sums of `size` neighbours, for a chart that has fewer columns than buckets. */
function mergeBuckets(buckets: readonly ReportBucket[], size: number): readonly ReportBucket[] {
  if (size <= 1) return buckets;
  const merged: ReportBucket[] = [];
  for (let start = 0; start < buckets.length; start += size) {
    const group = buckets.slice(start, start + size);
    const sum = (pick: (bucket: ReportBucket) => number): number => group.reduce((total, bucket) => total + pick(bucket), 0);
    merged.push({
      at: group[0]?.at ?? '',
      events: sum((bucket) => bucket.events),
      threats: sum((bucket) => bucket.threats),
      bots: sum((bucket) => bucket.bots),
      server_errors: sum((bucket) => bucket.server_errors),
    });
  }
  return merged;
}

/** The block character of one bucket in one row, counted from the bottom; whatever is not zero shows in the lowest row. */
function levelOf(value: number, most: number, height: number, row: number): string {
  if (value === 0) return '';
  const eighths = Math.max(1, Math.round((value / most) * height * 8));
  return levels[Math.max(0, Math.min(8, eighths - row * 8))] ?? '';
}

function sparkRow(name: string, values: readonly number[], scaleWidth: number, columnWidth: number, style: (text: string) => string): string[] {
  const most = Math.max(...values);
  if (most === 0) return [];
  const cells = values.map((value) => levelOf(value, most, 1, 0).padEnd(1).repeat(columnWidth)).join('');
  return [`${style(name.padStart(scaleWidth))}   ${style(cells.trimEnd())}`];
}

/** The axis with a tick where a label begins, and the labels: days where the chart spans days, else times of day. */
function timeAxis(buckets: readonly ReportBucket[], columnWidth: number): readonly [string, string] {
  const spansDays = Date.parse(buckets.at(-1)?.at ?? '') - Date.parse(buckets[0]?.at ?? '') > 36 * 3_600_000;
  const [gap, labelWidth] = spansDays ? [2, 10] : [6, 8];
  const due = buckets.map((bucket, index) => ({ bucket, at: index * columnWidth })).filter(({ bucket }, index) => !spansDays || startsDay(buckets, bucket, index)); // prettier-ignore
  // A first day that is only partly there gives way to the next one when both labels do not fit.
  const second = due[1];
  if (spansDays && second !== undefined && second.at < labelWidth + gap && columnWidth * buckets.length > second.at + labelWidth) due.shift();

  const width = buckets.length * columnWidth;
  let axis = '';
  let labels = '';
  for (const { bucket, at } of due) {
    const label = spansDays ? bucket.at.slice(0, 10) : timeOfDay(bucket.at);
    const fits = (labels === '' || at >= labels.length + gap) && at + label.length <= Math.max(width, labelWidth);
    if (!fits) continue;
    axis = `${axis.padEnd(at, '─')}┬`;
    labels = labels.padEnd(at) + label;
  }
  return [axis.padEnd(width, '─'), labels];
}

function startsDay(buckets: readonly ReportBucket[], bucket: ReportBucket, index: number): boolean {
  return bucket.at.slice(0, 10) !== buckets[index - 1]?.at.slice(0, 10);
}

/** `13:55`, with seconds only where there are some. */
function timeOfDay(isoTime: string): string {
  return isoTime.slice(11, isoTime.slice(17, 19) === '00' ? 16 : 19);
}
