/**
 * A store of a test in a real cluster, under names of its own, and the cluster's API for what a store does not do.
 */
import { randomUUID } from 'node:crypto';

import { configSchema } from '@sluice/config';
import { silentLogger } from '@sluice/ports';

import { createOpenSearchStore } from '../opensearch-store.ts';

import type { ElasticsearchConfig } from '@sluice/config';
import type { OpenSearchStore, OpenSearchStoreDeps } from '../opensearch-store.ts';

export type ApiBody = Readonly<Record<string, unknown>>;

/** Asks the cluster directly; rejects for an error status unless it is 404, which gives null. */
export async function callApi<T = ApiBody>(url: string, method: string, path: string, body?: object): Promise<T | null> {
  const content = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, { method, ...content });
  const text = await response.text();
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

/** Configuration of one node, whose indices are seen only after a refresh unless it says so. */
export function testConfig(url: string | string[], overrides: Partial<ElasticsearchConfig> = {}): ElasticsearchConfig {
  const { elasticsearch } = configSchema.parse({});
  const index = `test-${randomUUID()}`;
  return { ...elasticsearch, host: url, index, replicas: 0, refresh_interval_seconds: -1, request_timeout_ms: 20_000, ...overrides };
}

export interface TestStore {
  readonly store: OpenSearchStore;
  readonly config: ElasticsearchConfig;
  readonly refresh: () => Promise<void>;
  /** Names of the indices it made. */
  readonly indices: () => Promise<string[]>;
  /** Closes the store and removes all it made. */
  readonly remove: () => Promise<void>;
}

/** Opens a store; `url` is where the cluster itself is, should the configuration name something before it. */
export function openTestStore(url: string, overrides: Partial<ElasticsearchConfig> = {}, deps: Partial<OpenSearchStoreDeps> = {}): TestStore {
  const config = testConfig(url, overrides);
  const store = createOpenSearchStore(config, { logger: silentLogger, ...deps });
  const ours = `${config.index}-*,sluice-dead-letters-${config.index}`;
  const indices = async (): Promise<string[]> => Object.keys((await callApi(url, 'GET', `/${ours}/_alias?ignore_unavailable=true`)) ?? {}).sort();
  return {
    store,
    config,
    indices,
    refresh: async () => {
      await callApi(url, 'POST', `/${ours}/_refresh?ignore_unavailable=true`);
    },
    remove: async () => {
      await store.close();
      const made = await indices();
      if (made.length > 0) await callApi(url, 'DELETE', `/${made.join(',')}`);
      for (const kind of ['events', 'dead-letters']) await callApi(url, 'DELETE', `/_index_template/sluice-${kind}-${config.index}`);
    },
  };
}
