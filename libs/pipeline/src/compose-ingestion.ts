/**
 * The ingesting half from a configuration.
 */
import { hostname } from 'node:os';

import { createIngestion } from '@sluice/ingestion';

import { batchesInWork } from './batches-in-work.ts';
import { composeMasking } from './compose-masking.ts';
import { maskedPublisher } from './masked-publisher.ts';

import type { PublisherMasking } from './masked-publisher.ts';
import type { Config } from '@sluice/config';
import type { Ingestion } from '@sluice/ingestion';
import type { Clock, Logger, RecordPublisher, SharedState } from '@sluice/ports';
import type { Metrics } from '@sluice/telemetry';
import type { Readable } from 'node:stream';

export interface IngestionParts {
  readonly publisher: RecordPublisher;
  readonly state: SharedState;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** What the path `-` reads. */
  readonly stdin: Readable;
}

/** Builds it; the state folder has to be this process's own. Errors: LOG_FORMAT_INVALID. */
export function composeIngestion(config: Config, parts: IngestionParts): Ingestion {
  const publisher = maskedPublisher(parts.publisher, publisherMasking(config));
  const { state, metrics, logger, clock, stdin } = parts;
  return createIngestion(
    {
      source: config.source,
      performance: { ...config.performance, max_workers: batchesInWork(config) },
      stateDirectory: config.state.directory,
      sourceId: config.source.id ?? hostname(),
    },
    { publisher, state, telemetry: metrics.ingestion, logger, clock, stdin },
  );
}

/** Inside one process the indexing half masks letters. */
function publisherMasking({ pipeline, security }: Config): PublisherMasking {
  return {
    events: security.mask_in_ingest ? composeMasking({ ...security, anonymize_addresses: 'none' }) : null,
    letters: pipeline.transport === 'kafka' ? composeMasking(security) : null,
  };
}
