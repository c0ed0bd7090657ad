/**
 * Makes everything that was stored visible to searches, now: OpenSearch does so at an interval only.
 */
import { askOrThrow } from './store-error.ts';

import type { Cluster } from './cluster.ts';
import type { IndexNames } from './index-names.ts';

/** Errors: STORE_UNAVAILABLE, STORE_UNAUTHORIZED. What does not exist yet needs no refresh. */
export async function refreshIndices(cluster: Cluster, names: IndexNames): Promise<void> {
  const index = [...names.patterns, names.deadLetters];
  await askOrThrow(cluster, (client, options) => client.indices.refresh({ index, ignore_unavailable: true, allow_no_indices: true }, options));
}
