import { daemonSection } from './sections/daemon.ts';
import { enrichSection } from './sections/enrich.ts';
import { fileToDuckDbSection } from './sections/file-to-duckdb.ts';
import { inspectSection } from './sections/inspect.ts';
import { kafkaSection } from './sections/kafka.ts';
import { memorySection } from './sections/memory.ts';
import { openSearchSection } from './sections/opensearch.ts';
import { parseSection } from './sections/parse.ts';

import type { Section } from './section.ts';

/** Every benchmark, in the order of the page. */
export const sections: readonly Section[] = [
  fileToDuckDbSection,
  inspectSection,
  daemonSection,
  memorySection,
  parseSection,
  enrichSection,
  kafkaSection,
  openSearchSection,
];
