export { LogPipeline } from './log-pipeline.ts';
export type { LogPipelineOptions, ProcessOptions, RunSummary } from './log-pipeline.ts';
export { openInspection } from './inspection.ts';
export type { Inspection } from './inspection.ts';
export { databasePath, openStoredEvents, purgeOlderThan } from './stored-events.ts';
export type { StoredEvents } from './stored-events.ts';
export { toJson } from './control-protocol.ts';
export { version } from './version.ts';
