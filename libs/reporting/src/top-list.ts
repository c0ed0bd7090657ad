/**
 * Lists of the most frequent values: value, count, share, bar; aligned, cut to the width.
 */
import { formatBytes, formatCount, formatShare } from './format-quantity.ts';
import { terminalText, terminalTextEnds, textWidth } from './terminal-text.ts';

import type { Palette } from './palette.ts';
import type { ReportCount } from './report.ts';

const barBlocks = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const barWidth = 18;
const narrowBarWidth = 8;
const widestNote = 18;

export interface TopRow {
  /** Safe or not: it is made safe here. */
  readonly name: string;
  readonly events: number;
  /** Shown after the bar. */
  readonly note?: string;
  readonly style?: (text: string) => string;
  /** Where a name that is too long is cut; default its end. */
  readonly cut?: 'end' | 'middle';
}

/** A bar of up to `width` columns in eighths of one; anything above zero is seen. */
export function renderBar(part: number, whole: number, width: number): string {
  if (part <= 0 || whole <= 0) return '';
  const eighths = Math.max(1, Math.round((part / whole) * width * 8));
  return '█'.repeat(eighths >> 3) + (barBlocks[eighths & 7] ?? '');
}

/** The rows of a list; shares are of `whole` events, bars of the largest row. No row is wider than `width`, if that is at least 60. */
export function renderTopList(rows: readonly TopRow[], whole: number, width: number, palette: Palette): string[] {
  const most = Math.max(...rows.map((row) => row.events), 1);
  const countWidth = Math.max(...rows.map((row) => formatCount(row.events).length), 5);
  const notes = rows.map((row) => terminalText(row.note ?? '', widestNote));
  const noteWidth = Math.max(...notes.map(textWidth), 0);
  const bars = width >= 70 ? barWidth : narrowBarWidth;
  const nameWidth = Math.max(12, width - countWidth - bars - 10 - (noteWidth === 0 ? 0 : noteWidth + 2));
  return rows.map((row, index) => {
    const bar = renderBar(row.events, most, bars);
    const note = notes[index] ?? '';
    const numbers = `${formatCount(row.events).padStart(countWidth)} ${palette.dim(formatShare(row.events, whole).padStart(4))}`;
    const head = `  ${padText(nameOf(row, nameWidth), nameWidth)} ${numbers}  ${(row.style ?? palette.bar)(bar)}`;
    return note === '' ? head : `${head}${' '.repeat(bars - bar.length)}  ${palette.dim(note)}`;
  });
}

function nameOf(row: TopRow, width: number): string {
  const name = row.cut === 'middle' ? terminalTextEnds(row.name, width) : terminalText(row.name, width);
  return name === '' ? '(blank)' : name;
}

/** Rows of plain counts, with their bytes where asked. */
export function toRows(counts: readonly ReportCount[], withBytes = false): TopRow[] {
  return counts.map(({ value, events, bytes_sent }) => ({
    name: String(value),
    events,
    ...(withBytes ? { note: formatBytes(bytes_sent).padStart(8) } : {}),
  }));
}

export interface Part {
  /** Safe text. */
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** The parts joined by ` · `, as many as fit into the width; at least the first, cut. */
export function joinFitting(parts: readonly Part[], width: number): string {
  let joined = '';
  let used = 0;
  for (const { text, style } of parts) {
    const separator = used === 0 ? '' : ' · ';
    const room = width - used - separator.length;
    if (used > 0 && textWidth(text) > room) break;
    const shown = terminalText(text, room);
    joined += separator + (style === undefined ? shown : style(shown));
    used += separator.length + textWidth(shown);
  }
  return joined;
}

/** Fills up with blanks to this many terminal columns. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}
