/**
 * How a benchmark is shown, on the terminal and on the page: tables made from the file of results alone.
 */
import type { CaseResult, ResultFile, Sample } from './result-file.ts';

export interface Section {
  /** Of the benchmark and its file of results. */
  readonly name: string;
  readonly title: string;
  /** What is measured, and how; Markdown. */
  readonly about: string;
  /** Arguments of `node` that repeat it. */
  readonly command: string;
  tables(result: ResultFile): Table[];
}

/** The first column is text, the others numbers. */
export interface Table {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure that has to keep to a limit. */
export interface Target {
  readonly figure: string;
  readonly measured: number;
  /** Exactly one of both is given. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly digits?: number;
  readonly unit: string;
}

export function renderTables(tables: readonly Table[]): string {
  return tables.map(renderTable).join('\n\n');
}

function renderTable({ headers, rows }: Table): string {
  const lines = [headers, headers.map((_, index) => (index === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function targetTable(targets: readonly Target[]): Table {
  return {
    headers: ['target', 'limit', 'measured', 'met'],
    rows: targets.map(({ figure, measured, atMost, atLeast, digits = 0, unit }) => {
      const limit = atMost ?? atLeast ?? Number.NaN;
      const met = atMost === undefined ? measured >= limit : measured <= limit;
      const word = atMost === undefined ? 'at least' : 'at most';
      return [figure, `${word} ${formatNumber(limit, digits)} ${unit}`, `${formatNumber(measured, digits)} ${unit}`, met ? 'yes' : '**no**'];
    }),
  };
}

/** The case of this name; one without samples when it did not run. */
export function caseOf(result: ResultFile, name: string): CaseResult {
  return result.results.find((one) => one.name === name) ?? { name, title: name, samples: [] };
}

/** The middle value of one figure over the samples of a case; NaN without samples. */
export function median(samples: readonly Sample[], figure: (sample: Sample) => number): number {
  const sorted = samples.map(figure).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function medianFigure(samples: readonly Sample[], name: string): number {
  return median(samples, ({ figures }) => figures[name] ?? Number.NaN);
}

export function linesPerSecond({ samples }: CaseResult): number {
  return median(samples, ({ wallSeconds, figures }) => (figures['lines'] ?? Number.NaN) / wallSeconds);
}

export function cpuSecondsPerMillion({ samples }: CaseResult): number {
  return median(samples, ({ cpuSeconds, figures }) => (cpuSeconds / (figures['lines'] ?? Number.NaN)) * 1e6);
}

export function peakMegabytes({ samples }: CaseResult): number {
  return median(samples, ({ maxRssBytes }) => maxRssBytes / 1e6);
}

/** With thousands separators; `-` for what was not measured. */
export function formatNumber(value: number, digits = 0): string {
  return Number.isNaN(value) ? '-' : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
