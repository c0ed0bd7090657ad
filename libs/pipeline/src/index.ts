export { LogPipeline } from './log-pipeline.ts';
export type { LogPipelineOptions, ProcessOptions, RunSummary } from './log-pipeline.ts';
export { openInspection } from './inspection.ts';
export type { Inspection } from './inspection.ts';
export { openStoredEvents, purgeOlderThan } from './stored-events.ts';
export type { StoredEvents } from './stored-events.ts';
export { loadRules } from './load-rules.ts';
export type { LoadedRules, RulesProblem } from './load-rules.ts';
export { databasePath } from './open-store.ts';
export { toJson } from './control-protocol.ts';
export { version } from './version.ts';

// What the services are composed of, for their compose.ts.
export { batchesInWork } from './batches-in-work.ts';
export { awaitDependencies } from './await-dependencies.ts';
export type { DependencyCheck } from './await-dependencies.ts';
export { checkPublisher, checkSources, checkStore, createConsumerCheck } from './component-checks.ts';
export { composeIndexing } from './compose-indexing.ts';
export { composeIngestion } from './compose-ingestion.ts';
export { createDeadline } from './create-deadline.ts';
export { openSharedState } from './open-shared-state.ts';
export { startOperations } from './operations.ts';
export { pauseWhileOpen, runIndexing } from './run-indexing.ts';
export { withinDeadline } from './within-deadline.ts';
