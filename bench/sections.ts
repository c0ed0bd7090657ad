import { daemonSection } from './sections/daemon.ts';
import { enrichSection } from './sections/enrich.ts';
import { fileToDuckDbSection } from './sections/file-to-duckdb.ts';
import { indexerSection } from './sections/indexer.ts';
import { ingestSection } from './sections/ingest.ts';
import { inspectSection } from './sections/inspect.ts';
import { kafkaSection } from './sections/kafka.ts';
import { memorySection } from './sections/memory.ts';
import { openSearchSection } from './sections/opensearch.ts';
import { parseSection } from './sections/parse.ts';
import { scalingSection } from './sections/scaling.ts';
import { servicesSection } from './sections/services.ts';

import type { Section } from './section.ts';

/** Every benchmark, in the order of the page. */
export const sections: readonly Section[] = [
  fileToDuckDbSection,
  inspectSection,
  daemonSection,
  ingestSection,
  indexerSection,
  servicesSection,
  scalingSection,
  memorySection,
  parseSection,
  enrichSection,
  kafkaSection,
  openSearchSection,
];
