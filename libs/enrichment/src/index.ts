export { createEnricher } from './create-enricher.ts';
export type { Enricher, EnricherConfig, EnricherDeps } from './create-enricher.ts';
