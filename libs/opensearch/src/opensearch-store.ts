/**
 * The event store in OpenSearch: the port `EventStore` over its bulk and search APIs.
 */
import { SluiceError } from '@sluice/errors';
import { systemClock } from '@sluice/ports';

import { createBatchWriter } from './batch-writer.ts';
import { checkBlocks, readHealth } from './check-cluster.ts';
import { buildClientOptions } from './client-options.ts';
import { connectCluster } from './cluster.ts';
import { createEventReader } from './event-reader.ts';
import { createIndexNames } from './index-names.ts';
import { purgeEvents } from './purge-events.ts';
import { refreshIndices } from './refresh-indices.ts';
import { buildTemplates } from './template.ts';
import { createTemplateKeeper } from './template-keeper.ts';

import type { ElasticsearchConfig } from '@sluice/config';
import type { Clock, EventStore, Logger, PreparedBatch, StoreBatch } from '@sluice/ports';
import type { ClusterHealth } from './check-cluster.ts';

export interface OpenSearchStoreDeps {
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
}

export interface OpenSearchStore extends EventStore {
  /** Lets readers find everything that was stored before. Errors: those of `check`. */
  refresh(): Promise<void>;
  /** Name, version and state of the cluster; rejects as `check` does when it does not answer. */
  health(): Promise<ClusterHealth>;
}

/**
 * Creates the store; nothing is asked of the cluster before it is used.
 *
 * Invariant: an event is stored once by its id within its index, which follows from its time; each item has an outcome of
 * its own. A prepared batch remembers what was acknowledged; only an answer that got lost makes its item a duplicate later.
 * Errors: `write` throws STORE_UNAVAILABLE, STORE_FULL or STORE_UNAUTHORIZED, all of them retryable.
 * Cost: about 2 us of CPU per event with `encoded`; see `bench/opensearch.ts`.
 */
export function createOpenSearchStore(config: ElasticsearchConfig, deps: OpenSearchStoreDeps): OpenSearchStore {
  const logger = deps.logger.named('opensearch');
  const names = createIndexNames(config.index, config.index_period, deps.clock ?? systemClock);
  const cluster = connectCluster(buildClientOptions(config), config.request_timeout_ms);
  const keeper = createTemplateKeeper(buildTemplates(config, names), names, { cluster, logger, isManaged: config.manage_template });
  const writer = createBatchWriter(config, { cluster, logger, names, keeper });
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;
  let isInstalled = false;

  const open = <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== null) return Promise.reject(new SluiceError('STORE_UNAVAILABLE', 'The event store is closed'));
    const running = work();
    underWay.add(running);
    return running.finally(() => underWay.delete(running));
  };
  const reader = createEventReader(cluster, names);

  return {
    prepare: (batch) => prepare(batch),
    write: (batch) => prepare(batch).write(),
    summary: (filter) => open(() => reader.summary(filter)),
    top: (field, limit, filter) => open(() => reader.top(field, limit, filter)),
    histogram: (bucketSeconds, filter) => open(() => reader.histogram(bucketSeconds, filter)),
    events: (limit, filter) => open(() => reader.events(limit, filter)),
    deadLetters: (query) => open(() => reader.deadLetters(query)),
    deadLetterReasons: () => open(() => reader.deadLetterReasons()),
    purge: (before) => open(() => purgeEvents(before, { cluster, names, logger })),
    refresh: () => open(() => refreshIndices(cluster, names)),
    health: () => open(() => readHealth(cluster, names)),
    check: () => open(check),
    close: () => {
      closing ??= close();
      return closing;
    },
  };

  function prepare(batch: StoreBatch): PreparedBatch {
    const prepared = writer.prepare(batch);
    return { write: () => open(() => prepared.write()) };
  }

  async function check(): Promise<void> {
    const { status } = await readHealth(cluster, names);
    await installTemplates();
    await checkBlocks(cluster, names);
    if (status === 'red') throw new SluiceError('STORE_UNAVAILABLE', `A shard of the indices of ${names.alias} has no copy: the cluster is red`);
  }

  /** At the start; later only before a new index, or replicas of different settings would overwrite each other at every check. */
  async function installTemplates(): Promise<void> {
    if (isInstalled) return;
    await keeper.install();
    isInstalled = true;
  }

  async function close(): Promise<void> {
    await Promise.allSettled(underWay);
    await cluster.close();
  }
}
