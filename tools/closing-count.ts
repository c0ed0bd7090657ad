import { stripVTControlCharacters } from 'node:util';

/** What a test says it has covered, by `t.diagnostic('covered: ...')`; null for every other line. */
export function coveredBy(line: string): string | null {
  return /(?:^| )[ℹ#] covered: (.+)$/.exec(stripVTControlCharacters(line).trim())?.[1] ?? null;
}

const closingLine = /(?:^| )[ℹ#] (pass|fail|skipped) (\d+)$/;

/**
 * The count that a line of Node's test runner's summary gives, or null for every other line.
 * Nx may put the project's name before it, and colours it and the runner's own text as it sees fit (it does so under `CI=true`).
 */
export function closingCount(line: string): { kind: 'pass' | 'fail' | 'skipped'; count: number } | null {
  const [, kind, count] = closingLine.exec(stripVTControlCharacters(line).trim()) ?? [];
  return kind === undefined ? null : { kind: kind as 'pass' | 'fail' | 'skipped', count: Number(count) };
}
