export { buildFileKey } from './file-head.ts';
export { LineSplitter } from './line-splitter.ts';
export { createIngestion } from './pipeline.ts';
export type { Ingestion, IngestionConfig, IngestionDeps, IngestionStatus, SourceStatus } from './pipeline.ts';
export type { FileSummary, IngestionSummary, ReadFilesOptions, ReadProgress, ReadTotals } from './read-files.ts';
export type { FollowerTiming } from './follower.ts';
export { acquireStateLock, stateSocketPath } from './state-lock.ts';
export type { StateLock } from './state-lock.ts';
