/**
 * The cases of the benchmarks that run the command: everything on, and parts left out.
 */
import { withoutBots, withoutPlaces, withoutThreats } from './run-once.ts';

import type { BenchmarkCase } from './result-file.ts';

export const enrichmentCases: readonly BenchmarkCase[] = [
  { name: 'everything', title: 'everything on: city, bots and agents, threats' },
  { name: 'no-places', title: 'without places' },
  { name: 'no-enrichment', title: 'without places, bots and threats' },
];

const settings: Readonly<Record<string, readonly string[]>> = {
  'no-places': [withoutPlaces],
  'no-enrichment': [withoutPlaces, withoutBots, withoutThreats],
};

/** `key=value` settings of a case; none for one that leaves nothing out. */
export function settingsOf(name: string): readonly string[] {
  return settings[name] ?? [];
}
