export { createDuckDbStore } from './duckdb-store.ts';
export type { DuckDbStore, DuckDbStoreConfig, DuckDbStoreDeps } from './duckdb-store.ts';
