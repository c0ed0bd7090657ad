export { createOpenSearchStore } from './opensearch-store.ts';
export type { OpenSearchStore, OpenSearchStoreDeps } from './opensearch-store.ts';
export type { ClusterHealth } from './check-cluster.ts';
