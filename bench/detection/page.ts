/** What is printed, and kept for the page. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const page = path.join(import.meta.dirname, '../../docs/detection.md');
const start = '<!-- results: written by `npm run bench:detection -- --speed --write` -->';
const end = '<!-- end of results -->';

const lines: string[] = [];

/** Prints a line that belongs on the page. */
export function say(line: string): void {
  console.log(line);
  lines.push(line);
}

/** Puts what was said between the marks of `docs/detection.md`. */
export function writePage(): void {
  const text = readFileSync(page, 'utf8');
  const [before = '', rest = ''] = text.split(start);
  const after = rest.slice(rest.indexOf(end));
  writeFileSync(page, `${before}${start}\n${lines.join('\n')}\n\n${after}`);
}
