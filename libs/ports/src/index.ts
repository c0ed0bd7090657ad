export * from './records.ts';
export * from './event-store.ts';
export * from './state.ts';
export * from './telemetry.ts';
