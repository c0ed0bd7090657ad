/**
 * Removes what is old: indices that hold nothing else as a whole, the rest document by document.
 */
import { SluiceError } from '@sluice/errors';

import { isObject } from './bulk-reply.ts';
import { parseTime, timeRange } from './event-filter.ts';
import { askOrNull, askOrThrow } from './store-error.ts';

import type { Logger } from '@sluice/ports';
import type { Cluster } from './cluster.ts';
import type { Query } from './event-filter.ts';
import type { IndexNames } from './index-names.ts';

export interface PurgeDeps {
  readonly cluster: Cluster;
  readonly names: IndexNames;
  readonly logger: Logger;
}

/** Documents of one request, so that none lasts longer than what stands between lets a connection be idle. */
const documentsPerRequest = 20_000;
const requestTimeoutMs = 300_000;

/** Removes events and dead letters older than the ISO time. Errors: USAGE for no time, those of a store. */
export async function purgeEvents(before: string, deps: PurgeDeps): Promise<{ events: number; deadLetters: number }> {
  const beforeMs = parseTime(before);
  const { names } = deps;
  // Both see what was written a moment ago only after a refresh.
  await refresh(deps);
  const inWholeIndices = await deleteWholeIndices(beforeMs, deps);
  const old = [
    timeRange('timestamp', { lt: beforeMs }),
    { bool: { must_not: [{ exists: { field: 'timestamp' } }], filter: [timeRange('processed_at', { lt: beforeMs })] } },
  ];
  const events = await deleteByQuery(deps, names.alias, { bool: { should: old, minimum_should_match: 1 } });
  const deadLetters = await deleteByQuery(deps, names.deadLetters, timeRange('failed_at', { lt: beforeMs }));
  return { events: inWholeIndices + events, deadLetters };
}

async function refresh({ cluster, names }: PurgeDeps): Promise<void> {
  const index = [names.alias, names.deadLetters];
  await askOrThrow(cluster, (client, options) => client.indices.refresh({ index, ignore_unavailable: true, allow_no_indices: true }, options));
}

async function deleteWholeIndices(beforeMs: number, deps: PurgeDeps): Promise<number> {
  const { cluster, logger } = deps;
  let events = 0;
  for (const index of await findWholeIndices(beforeMs, deps)) {
    const body = await askOrThrow(cluster, (client, options) => client.count({ index }, options));
    const count = isObject(body) ? Number(body['count'] ?? 0) : 0;
    await askOrThrow(cluster, (client, options) => client.indices.delete({ index }, options));
    logger.info(`The index ${index} was deleted: all of it is older than asked for`, { events: count });
    events += count;
  }
  return events;
}

/** Ours by name, exactly, and by alias: an index that only looks like ours is somebody else's. */
async function findWholeIndices(beforeMs: number, { cluster, names }: PurgeDeps): Promise<string[]> {
  const body = await askOrNull(cluster, (client, options) => client.indices.getAlias({ name: names.alias }, options));
  if (!isObject(body)) return [];
  return Object.keys(body).filter((index) => {
    const endMs = names.endOf(index);
    return endMs !== null && endMs <= beforeMs && hasAlias(body[index], names.alias);
  });
}

function hasAlias(index: unknown, alias: string): boolean {
  return isObject(index) && isObject(index['aliases']) && Object.hasOwn(index['aliases'], alias);
}

async function deleteByQuery({ cluster }: PurgeDeps, index: string, query: Query): Promise<number> {
  const request = {
    index,
    conflicts: 'proceed',
    refresh: true,
    max_docs: documentsPerRequest,
    ignore_unavailable: true,
    allow_no_indices: true,
  } as const;
  for (let deleted = 0; ;) {
    const body = await askOrThrow(
      cluster,
      (client, options) => client.deleteByQuery({ ...request, body: { query: query } }, options),
      requestTimeoutMs,
    );
    const count = isObject(body) ? body['deleted'] : undefined;
    if (typeof count !== 'number') throw new SluiceError('STORE_UNAVAILABLE', 'OpenSearch does not say how many events it removed');
    deleted += count;
    if (count === 0) return deleted;
  }
}
