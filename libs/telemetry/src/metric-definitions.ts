/**
 * Every metric of ours, once. The registry is built from this table, and `docs/metrics.md` too.
 * Labels come from closed sets only: never an address, path, agent or anything else a client can choose.
 */
import { botKinds, deadLetterReasons, dropReasons, severities } from '@sluice/event';
import { alertKinds, breakerStates, cacheNames } from '@sluice/ports';

import { retryCodes, rotationKinds, stageNames, storeErrorKinds, threatClasses } from './label-sets.ts';

export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Label name -> its values, or a sentence where the set is closed by something else than us. */
  readonly labels?: Readonly<Record<string, readonly string[] | string>>;
  readonly buckets?: readonly number[];
}

/** Seconds, as OpenTelemetry's HTTP metrics have them. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const latencyBuckets = [...secondsBuckets, 30, 60, 300, 1800];
const countBuckets = [1, 10, 100, 250, 500, 1000, 2500, 5000, 10_000, 50_000, 100_000];
const bytesBuckets = [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

export const metricDefinitions = {
  logsProcessed: {
    name: 'logs_processed_total',
    type: 'counter',
    help: 'Lines brought to their end: stored or found stored already; in the ingest service, published.',
  },
  logsFailed: { name: 'logs_failed_total', type: 'counter', help: 'Lines that became dead letters.' },
  logProcessing: {
    name: 'log_processing_seconds',
    type: 'histogram',
    help: 'Seconds from handing a batch over until it was durable; in the indexer, of storing it.',
    buckets: secondsBuckets,
  },
  activeConnections: { name: 'active_connections', type: 'gauge', help: 'Open Kafka connections.' },
  consumerLag: {
    name: 'kafka_consumer_lag',
    type: 'gauge',
    help: 'Records between the committed offset and the end of a partition.',
    labels: { partition: 'partition number of the topic' },
  },
  storeErrors: {
    name: 'elasticsearch_errors_total',
    type: 'counter',
    help: 'Calls of the event store that failed, whichever store it is.',
    labels: { kind: storeErrorKinds },
  },

  received: { name: 'sluice_records_received_total', type: 'counter', help: 'What came in: complete lines; in the indexer, records.' },
  stored: { name: 'sluice_records_stored_total', type: 'counter', help: 'Events stored.' },
  duplicate: { name: 'sluice_records_duplicate_total', type: 'counter', help: 'Events whose id was stored already; success.' },
  deadLettered: { name: 'sluice_records_dead_lettered_total', type: 'counter', help: 'Dead letters kept.', labels: { reason: deadLetterReasons } },
  dropped: { name: 'sluice_records_dropped_total', type: 'counter', help: 'Lines discarded on purpose.', labels: { reason: dropReasons } },
  returned: {
    name: 'sluice_records_returned_total',
    type: 'counter',
    help: 'Records given back to the topic unfinished, to be delivered again: a rebalance, a shutdown.',
  },
  published: { name: 'sluice_records_published_total', type: 'counter', help: 'Events and dead letters acknowledged downstream.' },
  inFlight: {
    name: 'sluice_records_in_flight',
    type: 'gauge',
    help: 'Received and not at an end yet: received - stored - duplicate - dead_lettered - dropped - returned; in the ingest service, received - published - dropped.',
  },

  linesRead: { name: 'sluice_lines_read_total', type: 'counter', help: 'Complete lines read from sources.' },
  bytesRead: { name: 'sluice_read_bytes_total', type: 'counter', help: 'Bytes of complete lines read from sources.' },
  linesDeadLettered: {
    name: 'sluice_lines_dead_lettered_total',
    type: 'counter',
    help: 'Lines set aside while reading; they count as dead letters once kept.',
    labels: { reason: deadLetterReasons },
  },
  publishedBytes: { name: 'sluice_published_bytes_total', type: 'counter', help: 'Bytes of lines acknowledged downstream.' },
  batchRecords: { name: 'sluice_batch_records', type: 'histogram', help: 'Records in a batch.', buckets: countBuckets },
  batchBytes: { name: 'sluice_batch_bytes', type: 'histogram', help: 'Bytes of lines in a batch.', buckets: bytesBuckets },
  stage: {
    name: 'sluice_stage_seconds',
    type: 'histogram',
    help: 'Seconds a batch spent in a stage.',
    labels: { stage: stageNames },
    buckets: secondsBuckets,
  },
  eventToStored: {
    name: 'sluice_event_to_stored_seconds',
    type: 'histogram',
    help: 'Seconds from the read of the oldest line of a batch to its being stored.',
    buckets: latencyBuckets,
  },
  lastStored: {
    name: 'sluice_last_stored_timestamp_seconds',
    type: 'gauge',
    help: 'When a batch was last stored, in seconds since the epoch; 0 before the first.',
  },

  rateLimitHits: {
    name: 'sluice_rate_limit_hits_total',
    type: 'counter',
    help: 'Lines dropped, and pauses of reading, because of performance.rate_limit.',
  },
  bytesBehind: { name: 'sluice_source_behind_bytes', type: 'gauge', help: 'Bytes on disk not yet read, over all sources.' },
  filesWatched: { name: 'sluice_files_watched', type: 'gauge', help: 'Files followed.' },
  rotations: { name: 'sluice_rotations_total', type: 'counter', help: 'Rotations seen.', labels: { kind: rotationKinds } },
  storeRetries: { name: 'sluice_store_retries_total', type: 'counter', help: 'Calls of the event store tried again.', labels: { code: retryCodes } },

  breakerState: {
    name: 'sluice_breaker_state',
    type: 'gauge',
    help: '1 for the state that the circuit breaker of the event store is in, 0 for the others.',
    labels: { state: breakerStates },
  },
  publishRetries: {
    name: 'sluice_publish_retries_total',
    type: 'counter',
    help: 'Publishes to Kafka tried again.',
    labels: { code: retryCodes },
  },
  lagSeconds: {
    name: 'sluice_consumer_lag_seconds',
    type: 'gauge',
    help: 'Age of the oldest record of the batch consumed last, while records wait; 0 when none does.',
  },
  rebalances: { name: 'sluice_consumer_rebalances_total', type: 'counter', help: 'Times this consumer got or lost partitions, or was replaced.' },

  threats: { name: 'sluice_threats_total', type: 'counter', help: 'Threats found.', labels: { class: threatClasses, severity: severities } },
  bots: { name: 'sluice_bots_total', type: 'counter', help: 'Requests of bots.', labels: { kind: botKinds } },
  alerts: { name: 'sluice_alerts_total', type: 'counter', help: 'Alerts raised.', labels: { kind: alertKinds } },

  cacheHits: { name: 'sluice_cache_hits_total', type: 'counter', help: 'Look-ups answered by a cache.', labels: { cache: cacheNames } },
  cacheMisses: { name: 'sluice_cache_misses_total', type: 'counter', help: 'Look-ups a cache did not know.', labels: { cache: cacheNames } },
  cacheEntries: { name: 'sluice_cache_entries', type: 'gauge', help: 'Entries of a cache.', labels: { cache: cacheNames } },

  buildInfo: {
    name: 'sluice_build_info',
    type: 'gauge',
    help: 'Always 1; what is running.',
    labels: {
      version: 'version of Sluice',
      commit: 'commit it was built from, or unknown',
      node: 'version of Node.js',
      role: ['all', 'ingest', 'indexer'],
    },
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricKey = keyof typeof metricDefinitions;
