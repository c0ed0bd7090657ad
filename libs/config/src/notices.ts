/**
 * What an operator should know about a configuration that is right.
 */
import type { CollectedValues } from './collect-values.ts';

/** At most one line: settings that this machine's pipeline does not use, unless its transport or store was chosen. */
export function noticesFor({ values, sections }: Pick<CollectedValues, 'values' | 'sections'>): string[] {
  const unused: string[] = [];
  if (sections.has('kafka') && !values.has('pipeline.transport')) unused.push('kafka');
  if (sections.has('elasticsearch') && !values.has('pipeline.store')) unused.push('elasticsearch');
  if (unused.length === 0) return [];
  return [
    `The ${unused.join(' and ')} settings are for the services (ingest, indexer): without a \`pipeline\` section everything runs on this machine (memory, duckdb).`,
  ];
}
