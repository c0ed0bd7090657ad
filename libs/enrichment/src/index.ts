export { createEnricher } from './create-enricher.ts';
export type { Enricher, EnricherConfig, EnricherDeps } from './create-enricher.ts';
export { parseUserAgent } from './parse-user-agent.ts';
export type { Client } from './parse-user-agent.ts';
