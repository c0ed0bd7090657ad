/**
 * What the reading half reports, as counters. One call per batch or poll, never per line.
 */
import type { IngestionTelemetry } from '@sluice/ports';
import type { ProcessRole } from './create-metrics.ts';
import type { Instruments } from './instruments.ts';
import type { Tally } from './tally.ts';

/** In the ingest service publishing is the end of a line; on one machine only storing is. */
export function createIngestionTelemetry(role: ProcessRole, instruments: Instruments, tally: Tally): IngestionTelemetry {
  const endsHere = role === 'ingest';
  // Over a topic a line comes in a second time, and counts then.
  const startsHere = role !== 'indexer';
  return {
    linesReceived(count, bytes) {
      instruments.add('linesRead', count);
      instruments.add('bytesRead', bytes);
      if (!startsHere) return;
      tally.add('received', count);
      instruments.add('received', count);
    },
    linesDeadLettered(reason, count) {
      instruments.add('linesDeadLettered', count, { reason });
      if (!endsHere) return;
      tally.add('deadLettered', count);
      instruments.add('deadLettered', count, { reason });
      instruments.add('logsFailed', count);
    },
    linesDropped(reason, count) {
      if (startsHere) tally.add('dropped', count);
      if (startsHere) instruments.add('dropped', count, { reason });
    },
    batchPublished(records, bytes, seconds) {
      tally.add('published', records);
      instruments.add('published', records);
      instruments.add('publishedBytes', bytes);
      instruments.observe('batchRecords', records);
      instruments.observe('batchBytes', bytes);
      instruments.observe('logProcessing', seconds);
      if (endsHere) instruments.add('logsProcessed', records);
    },
    rateLimitHits: (count) => instruments.add('rateLimitHits', count),
    bytesBehind: (bytes) => instruments.set('bytesBehind', bytes),
    filesWatched: (count) => instruments.set('filesWatched', count),
    rotationSeen: (kind) => instruments.add('rotations', 1, { kind }),
  };
}
