/**
 * Whether events can be stored now, and if not, why.
 */
import { SluiceError } from '@sluice/errors';

import { isObject } from './bulk-reply.ts';
import { classifyError } from './classify-error.ts';
import { printable } from './printable.ts';
import { askOrThrow } from './store-error.ts';

import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';

export interface ClusterHealth {
  readonly cluster: string;
  readonly version: string;
  /** Of our indices; green when there are none yet. */
  readonly status: 'green' | 'yellow' | 'red';
}

/** `flat_object` came with it. */
const oldestVersion = [2, 7] as const;

/** Which cluster it is and how our indices are. Errors: those of a store; a version that is too old is STORE_UNAVAILABLE. */
export async function readHealth(cluster: Cluster, names: IndexNames): Promise<ClusterHealth> {
  const info = await askOrThrow(cluster, (client, options) => client.info({}, options));
  const version = versionOf(info);
  // A name without a wildcard is waited for while it does not exist.
  const index = [...names.patterns, names.deadLetters].map((name) => (name.endsWith('*') ? name : `${name}*`));
  const body = await askOrThrow(cluster, (client, options) => client.cluster.health({ index, level: 'cluster' }, options));
  const status = isObject(body) ? body['status'] : undefined;
  if (!isObject(body) || (status !== 'green' && status !== 'yellow' && status !== 'red')) {
    throw new SluiceError('STORE_UNAVAILABLE', 'OpenSearch does not say how its indices are');
  }
  return { cluster: printable(body['cluster_name'], 100), version, status };
}

function versionOf(info: unknown): string {
  const version = isObject(info) ? info['version'] : undefined;
  const { number, distribution } = isObject(version) ? version : {};
  if (typeof number !== 'string') throw new SluiceError('STORE_UNAVAILABLE', 'What answers at `elasticsearch.host` is no OpenSearch');
  const [major = 0, minor = 0] = number.split('.').map(Number);
  if (distribution !== 'opensearch' || major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1])) {
    const found = `${distribution === 'opensearch' ? 'OpenSearch' : 'another product, of version'} ${printable(number, 40)}`;
    throw new SluiceError('STORE_UNAVAILABLE', `OpenSearch ${oldestVersion.join('.')} or newer is needed; this is ${found}`);
  }
  return number;
}

/** Throws STORE_FULL or STORE_UNAVAILABLE when the cluster, or an index that events of now go to, takes no writes. */
export async function checkBlocks(cluster: Cluster, names: IndexNames): Promise<void> {
  const index = [...new Set([...names.current(), names.deadLetters])];
  const body = await askOrThrow(cluster, (client, options) =>
    client.cluster.state({ metric: ['blocks'], index, ignore_unavailable: true, allow_no_indices: true }, options),
  );
  const blocks = isObject(body) && isObject(body['blocks']) ? body['blocks'] : {};
  const indices = isObject(blocks['indices']) ? blocks['indices'] : {};
  throwIfBlocked('the cluster', blocks['global']);
  // The answer may name others, and those of the past are often made read-only on purpose.
  for (const name of index) throwIfBlocked(`the index ${name}`, indices[name]);
}

function throwIfBlocked(what: string, blocks: unknown): void {
  if (!isObject(blocks)) return;
  for (const [id, block] of Object.entries(blocks)) {
    if (!isObject(block) || !Array.isArray(block['levels']) || !block['levels'].includes('write')) continue;
    // The words of a refused write, so that both are judged alike.
    const error = { type: 'cluster_block_exception', reason: `/${id}/${String(block['description'])}`, cause: '' };
    const verdict = classifyError(403, error);
    const code = verdict.kind === 'paused' ? verdict.code : 'STORE_UNAVAILABLE';
    const hint = verdict.kind === 'paused' && verdict.hint !== undefined ? { hint: verdict.hint } : {};
    throw new SluiceError(code, `OpenSearch blocks writes to ${what}: ${printable(block['description'], 120)}`, hint);
  }
}
