export { createAlerts } from './alerts.ts';
export type { Alert, AlertConfig, AlertDeps, Alerts } from './alerts.ts';
export { createRecordDecoder } from './decode-record.ts';
export type { DecodeRecord } from './decode-record.ts';
export { createIndexing } from './pipeline.ts';
export type { Indexing, IndexingConfig, IndexingDeps } from './pipeline.ts';
export { createSessionAssigner } from './assign-sessions.ts';
export type { SessionConfig } from './assign-sessions.ts';
