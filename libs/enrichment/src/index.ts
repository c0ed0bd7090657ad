export { createEnricher, requestFieldsOf } from './create-enricher.ts';
export type { Enricher, EnricherConfig, EnricherDeps } from './create-enricher.ts';
export { maskEnrichment, maskEvent, maskLetter, maskText } from './mask-event.ts';
export type { Masking } from './mask-event.ts';
