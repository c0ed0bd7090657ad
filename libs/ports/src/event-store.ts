/**
 * Where events end up, and the questions asked of them. DuckDB and OpenSearch stand behind the same contract tests.
 */
import type { DeadLetter, Enrichment, EnrichedEvent, LogEvent, StoreOutcome } from '@sluice/event';

export interface StoreDocument {
  readonly event: LogEvent;
  readonly enrichment: Enrichment;
  /**
   * The event as the JSON text it came in (`encodeEvent`): one object of the event's fields, without nulls and without line
   * breaks. A store that writes JSON appends what is missing instead of encoding the event again.
   */
  readonly encoded?: string | undefined;
}

export interface StoreBatch {
  readonly documents: readonly StoreDocument[];
  readonly deadLetters: readonly DeadLetter[];
}

/** Outcomes aligned with the batch, item by item. */
export interface StoreResult {
  readonly documents: readonly StoreOutcome[];
  readonly deadLetters: readonly StoreOutcome[];
}

export interface EventWriter {
  /** Takes what it needs of a batch, at once: the items may be let go of, however long writing them takes. */
  prepare(batch: StoreBatch): PreparedBatch;
}

export interface PreparedBatch {
  /**
   * Stores the batch durably, each item once by its event id, whatever was written before. After a failure it may be called
   * again; after a success it must not.
   *
   * Invariant: an embedded store writes events, dead letters and its progress in one transaction. Calls may overlap;
   * a store applies them in call order.
   * Errors: throws SluiceError STORE_FULL, STORE_UNAVAILABLE, STORE_UNAUTHORIZED (retryable: the same batch may be written
   * again and nothing of it is stored twice), STORE_CORRUPT. Never throws for the content of an item.
   */
  write(): Promise<StoreResult>;
}

/** All conditions must hold. Times are ISO 8601 UTC, `from` inclusive, `to` exclusive. */
export interface EventFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly equals?: Readonly<Partial<Record<FilterField, string | number | boolean>>> | undefined;
}

/** Fields events can be grouped by. `threat_class` and `threat_rule` count each event once per class or rule it shows; `status_class` is text, `2xx`. */
export const groupFields = [
  'ip_address', 'client_host', 'host', 'method', 'path', 'status', 'status_class', 'referer', 'user_agent', 'protocol', 'user', 'log_file',
  'geo_country', 'geo_country_code', 'geo_city', 'geo_asn',
  'is_bot', 'bot_name', 'bot_kind', 'bot_claim', 'browser', 'os', 'device',
  'security_threat', 'threat_class', 'threat_rule', 'threat_severity', 'threat_outcome',
] as const; // prettier-ignore
export type GroupField = (typeof groupFields)[number];
export type FilterField = GroupField | 'event_id' | 'source';

export interface EventSummary {
  readonly events: number;
  readonly deadLetters: number;
  /** ISO 8601 UTC of the first and last event by time; null when there is none with a time. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly bytesSent: number;
  readonly distinctAddresses: number;
  readonly bots: number;
  readonly threats: number;
  /** Milliseconds over the events that have a response time; null when none has. Quantiles may be approximate. */
  readonly responseTimeMs: {
    readonly count: number;
    readonly mean: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  } | null;
}

export interface GroupCount {
  readonly value: string | number | boolean;
  readonly events: number;
  readonly bytesSent: number;
}

export interface TimeBucket {
  /** ISO 8601 UTC, start of the bucket. */
  readonly at: string;
  readonly events: number;
  readonly threats: number;
  readonly bots: number;
  /** Status 500 and above. */
  readonly serverErrors: number;
}

export interface DeadLetterQuery {
  readonly limit: number;
  readonly reason?: string | undefined;
}

export interface EventReader {
  summary(filter: EventFilter): Promise<EventSummary>;
  /** The most frequent values, nulls left out, most events first, ties by value. */
  top(field: GroupField, limit: number, filter: EventFilter): Promise<GroupCount[]>;
  /** Buckets of `bucketSeconds` aligned to the epoch, oldest first, empty ones left out. */
  histogram(bucketSeconds: number, filter: EventFilter): Promise<TimeBucket[]>;
  /** Events, newest first. */
  events(limit: number, filter: EventFilter): Promise<EnrichedEvent[]>;
  /** Dead letters, newest first. */
  deadLetters(query: DeadLetterQuery): Promise<DeadLetter[]>;
  deadLetterReasons(): Promise<{ reason: string; count: number }[]>;
}

export interface EventStore extends EventWriter, EventReader {
  /** `prepare` and `write` in one. */
  write(batch: StoreBatch): Promise<StoreResult>;
  /** Removes events and dead letters older than the ISO time; events without a time by when they were processed. */
  purge(before: string): Promise<{ events: number; deadLetters: number }>;
  /** Resolves when the store answers; rejects with a SluiceError that says what is wrong. */
  check(): Promise<void>;
  /** Finishes writes under way. Idempotent. */
  close(): Promise<void>;
}

/** Read-only SQL over the tables `events` and `dead_letters`; the embedded store has it. */
export interface SqlReader {
  /**
   * Rows as plain objects in result order, in chunks; integers as numbers (beyond 2^53: bigint), times as ISO 8601 text,
   * nested values as objects and arrays.
   *
   * Errors: QUERY_REJECTED for anything but one SELECT over the two tables, QUERY_FAILED, QUERY_LIMIT.
   */
  querySql(sql: string, signal?: AbortSignal): AsyncIterable<Record<string, unknown>[]>;
}
