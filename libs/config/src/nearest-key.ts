/**
 * Which known key an operator probably meant.
 */
import { fields, sections } from './config-shape.ts';

/** Names from other tools for the same thing, which no edit distance finds. */
const otherNames: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  opensearch: 'elasticsearch',
  brokers: 'kafka.bootstrap_servers',
  metrics: 'monitoring',
  log: 'logging',
  logs: 'source',
  input: 'source',
  workers: 'performance.max_workers',
  url: 'elasticsearch.host',
});

const longestCompared = 64;
/** A key of another section has to be this much closer than one of the same section. */
const otherSectionPenalty = 1.5;

/**
 * The known dotted path nearest to an unknown one.
 *
 * Shape: `section` empty for an unknown section or variable; the answer is a section name or `section.key`.
 */
export function nearestKey(section: string, key: string): string {
  const wanted = key.slice(0, longestCompared).toLowerCase();
  const alias = otherNames[wanted];
  if (alias !== undefined) return alias;
  let best = '';
  let bestScore = Infinity;
  const consider = (path: string, name: string, penalty: number): void => {
    const score = editDistance(wanted, name) + penalty;
    if (score >= bestScore) return;
    bestScore = score;
    best = path;
  };
  for (const { name } of sections) consider(name, name, section === '' ? 0 : otherSectionPenalty);
  for (const field of fields.values()) {
    consider(field.path, field.key, field.section === section ? 0 : otherSectionPenalty);
    if (section === '') consider(field.path, field.path, 0);
  }
  return best;
}

/** How many characters are added, removed, replaced or swapped with their neighbour between two short texts. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
