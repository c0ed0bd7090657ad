/**
 * Query results as an aligned table for people. Values come from clients: they pass through terminalText.
 */
import { toJson } from '@sluice/pipeline';
import { terminalText, textWidth } from '@sluice/reporting';

const maxColumnWidth = 60;

/**
 * Lays rows out in columns as wide as the first chunk needs.
 *
 * Shape: chunks of rows -> pieces of text, header first. Numbers are right-aligned, nulls are empty.
 */
export async function* renderRows(chunks: AsyncIterable<Record<string, unknown>[]>): AsyncIterable<string> {
  let layout: { names: string[]; widths: number[]; numeric: boolean[] } | null = null;
  let rowCount = 0;
  for await (const rows of chunks) {
    const [first] = rows;
    if (first === undefined) continue;
    rowCount += rows.length;
    const names = Object.keys(first);
    const cells = rows.map((row) => names.map((name) => cellText(row[name])));
    if (layout === null) {
      const widths = names.map((name, column) =>
        Math.min(maxColumnWidth, Math.max(textWidth(terminalText(name)), ...cells.map((row) => textWidth(row[column] ?? '')))),
      );
      const numeric = names.map((name) => rows.every((row) => row[name] === null || typeof row[name] === 'number' || typeof row[name] === 'bigint'));
      layout = { names, widths, numeric };
      yield line(names.map((name) => terminalText(name, maxColumnWidth)), layout) + line(widths.map((width) => '─'.repeat(width)), layout); // prettier-ignore
    }
    const { widths } = layout;
    const current = layout;
    yield cells
      .map((row) =>
        line(
          row.map((cell, column) => terminalText(cell, Math.max(widths[column] ?? 0, 1))),
          current,
        ),
      )
      .join('');
  }
  yield `(${rowCount} ${rowCount === 1 ? 'row' : 'rows'})\n`;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return terminalText(typeof value === 'string' ? value : toJson(value));
}

function line(cells: readonly string[], { widths, numeric }: { widths: readonly number[]; numeric: readonly boolean[] }): string {
  const padded = cells.map((cell, column) => {
    const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - textWidth(cell)));
    return numeric[column] === true ? padding + cell : cell + padding;
  });
  return `${padded.join('  ').trimEnd()}\n`;
}
