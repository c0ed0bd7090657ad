/**
 * The seam between the two halves: ingest publishes records, the indexer consumes them.
 * One machine joins them by an in-process channel, many machines by a Kafka topic.
 */
import type { DeadLetter, LogEvent, RecordOrigin } from '@sluice/event';

/** What ingest hands over: an event, or the dead letter of a line that is none. Encoding is the publisher's business. */
export type OutgoingRecord = { readonly kind: 'event'; readonly event: LogEvent } | { readonly kind: 'dead_letter'; readonly letter: DeadLetter };

/** A record of a topic as it came: an event of ours or whatever another shipper wrote. Decoding is the indexer's business. */
export interface EncodedRecord {
  readonly kind: 'encoded';
  /** Null for a record without a value. */
  readonly value: Buffer | null;
  readonly origin: RecordOrigin;
}

/** What the indexer receives. */
export type IncomingRecord = OutgoingRecord | EncodedRecord;

export interface RecordPublisher {
  /**
   * Resolves when every record is durable downstream (stored, or acknowledged by all in-sync replicas).
   *
   * Invariant: order is kept within one call, and of overlapping calls in the order they were made where the
   * transport is one ordered channel. Retries outages itself, for as long as it takes: it rejects only
   * when `options.signal` aborts, or with an error that no retry can heal. A caller may call again while earlier calls are
   * pending, up to a bound of its own. An aborted publish may still become durable later.
   * The array is taken over: whoever receives the records empties it as soon as it can, so that they do not live until the answer.
   */
  publish(records: OutgoingRecord[], options: PublishOptions): Promise<void>;
}

export interface PublishOptions {
  /** When the oldest line of the batch was read, in ms since the epoch; latency is measured from it. */
  readonly readAtMs: number;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

export interface RecordBatch {
  /** For the handler to take out: what it leaves lives until it has resolved. */
  readonly records: IncomingRecord[];
  /** When the oldest line of the batch was read, in ms since the epoch; of a record of another shipper, when it was published. */
  readonly readAtMs: number;
}

export interface BatchContext {
  /** Aborts when the work is no longer wanted: a shutdown deadline, or the partition was revoked. */
  readonly signal: AbortSignal;
}

/** Resolves when every record of the batch is stored, dead-lettered or dropped; rejects to have it delivered again. */
export type BatchHandler = (batch: RecordBatch, context: BatchContext) => Promise<void>;

export interface RecordConsumer {
  /** Delivers batches until `stop`; rejects when it cannot go on. Call once. */
  run(handler: BatchHandler): Promise<void>;
  /** No new batches until `resume`; batches in work go on. Both may be called at any time, any number of times. */
  pause(): void;
  resume(): void;
  /** Drains batches in work until the deadline, then aborts them. Idempotent, legal before `run`. */
  stop(deadlineMs: number): Promise<void>;
}
