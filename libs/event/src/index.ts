export * from './log-event.ts';
export * from './event-id.ts';
export * from './dead-letter.ts';
export * from './outcome.ts';
export * from './event-schema.ts';
export * from './encode-event.ts';
export * from './decode-event.ts';
