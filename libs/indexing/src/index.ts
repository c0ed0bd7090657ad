export { createAlerts } from './alerts.ts';
export type { Alert, AlertConfig, AlertDeps, Alerts } from './alerts.ts';
export { createIndexing } from './pipeline.ts';
export type { Indexing, IndexingDeps } from './pipeline.ts';
