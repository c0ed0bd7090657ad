/**
 * Turns a batch of records into stored, enriched events. A batch resolves only when every record of it is stored,
 * was stored before, or is kept as a dead letter; until then its transport delivers it again. Delivering again is
 * harmless, because stores know events by their id.
 *
 *   records -> decode -> enrich + detect -> sessions -> write -> outcomes -> count, alert
 *                 | none -> dead letters                ^ retried and paused while the store is down
 *                                                           | rejected -> dead letters
 */
import { isSluiceError, messageOf } from '@sluice/errors';
import { createCircuitBreaker, createRetry } from '@sluice/resilience';

import { rejectedLetter } from './rejected-letter.ts';
import { summariseFindings } from './findings.ts';

import type { Alerts } from './alerts.ts';
import type { DecodedRecord, DecodeRecord } from './decode-record.ts';
import type { Enricher } from '@sluice/enrichment';
import type { DeadLetter } from '@sluice/event';
import type {
  BatchHandler,
  BreakerState,
  Clock,
  EventWriter,
  IndexingTelemetry,
  Logger,
  RecordBatch,
  StoreDocument,
  StoreResult,
} from '@sluice/ports';
import type { CircuitBreakerOptions, RetryOptions } from '@sluice/resilience';

export interface IndexingConfig {
  readonly retry: RetryOptions;
  readonly breaker: CircuitBreakerOptions;
}

export interface IndexingDeps {
  store: EventWriter;
  /** Reads records of a topic; in-process records are events already. */
  decode: DecodeRecord;
  enricher: Pick<Enricher, 'enrich'>;
  /** Says which session each document belongs to; absent when sessions are off. */
  assignSessions?: ((documents: readonly StoreDocument[]) => Promise<void>) | undefined;
  alerts: Alerts;
  /** The store's breaker changed: the transport may pause and go on. */
  onBreaker?: ((state: BreakerState) => void) | undefined;
  telemetry: IndexingTelemetry;
  logger: Logger;
  clock: Clock;
}

export interface Indexing {
  /** Give it to a RecordConsumer. Batches may be in work side by side. */
  processBatch: BatchHandler;
  /** The failure the store is retried for right now; null while all is well. */
  storeFailure(): string | null;
}

/**
 * Builds the indexing half.
 *
 * Errors: `processBatch` rejects when the store fails for good, when its retries are used up, or when the signal
 * aborts; never because of the content of a record.
 */
export function createIndexing(config: IndexingConfig, deps: IndexingDeps): Indexing {
  const { store, decode, enricher, alerts, telemetry, clock } = deps;
  const logger = deps.logger.named('indexing');
  let failure: string | null = null;

  const retry = createRetry(config.retry, {
    onRetry: (error, attempt, delayMs) => {
      failure = `${error.code}: ${error.message}`;
      telemetry.storeRetry(error.code);
      logger.warn(`The store does not take events: ${error.message}. Reading pauses; trying again by itself.`, {
        code: error.code,
        hint: error.hint,
        attempt,
        retryInMs: Math.round(delayMs),
      });
      void alerts.pipelineFailed(error.message);
    },
  });

  telemetry.breaker('closed');
  const breaker = createCircuitBreaker(config.breaker, (state) => {
    telemetry.breaker(state);
    deps.onBreaker?.(state);
  });

  return {
    async processBatch(batch, context) {
      telemetry.recordsReceived(batch.records.length);
      const { documents, deadLetters } = enrichBatch(batch);
      await deps.assignSessions?.(documents);
      const result = await writeBatch(documents, deadLetters, context.signal);
      const rejected = await keepRejected(documents, result, context.signal);
      countOutcomes(result, deadLetters, rejected);
      telemetry.eventToStored((clock.now() - batch.readAtMs) / 1000);
      await reportFindings(documents, result);
    },
    storeFailure: () => failure,
  };

  function enrichBatch(batch: RecordBatch): { documents: StoreDocument[]; deadLetters: DeadLetter[] } {
    const startedAtMs = performance.now();
    const processedAt = new Date(clock.now()).toISOString();
    const documents: StoreDocument[] = [];
    const deadLetters: DeadLetter[] = [];
    let blank = 0;
    for (const incoming of batch.records) {
      const record: DecodedRecord = incoming.kind === 'encoded' ? decode(incoming, processedAt) : incoming;
      if (record.kind === 'dead_letter') deadLetters.push(record.letter);
      else if (record.kind === 'blank') blank += 1;
      else
        documents.push({
          event: record.event,
          enrichment: enricher.enrich(record.event, processedAt),
          encoded: record.encoded,
        });
    }
    if (blank > 0) telemetry.recordsDropped('blank', blank);
    telemetry.stage('enrich', (performance.now() - startedAtMs) / 1000);
    return { documents, deadLetters };
  }

  async function writeBatch(documents: readonly StoreDocument[], deadLetters: readonly DeadLetter[], signal: AbortSignal): Promise<StoreResult> {
    const startedAtMs = performance.now();
    try {
      const result = await retry(() => breaker.run(() => attemptWrite(documents, deadLetters), signal), signal);
      if (failure !== null) logger.info('The store takes events again.');
      failure = null;
      return result;
    } catch (error) {
      failure = messageOf(error);
      throw error;
    } finally {
      telemetry.stage('store', (performance.now() - startedAtMs) / 1000);
    }
  }

  /** Counts every call that fails, also those that are tried again. */
  async function attemptWrite(documents: readonly StoreDocument[], deadLetters: readonly DeadLetter[]): Promise<StoreResult> {
    try {
      return await store.write({ documents, deadLetters });
    } catch (error) {
      telemetry.storeErrors(isSluiceError(error) ? error.code : 'unexpected', 1);
      throw error;
    }
  }

  /** A document the store will never take becomes a dead letter with the store's reason; its neighbours are stored. */
  async function keepRejected(documents: readonly StoreDocument[], result: StoreResult, signal: AbortSignal): Promise<DeadLetter[]> {
    const failedAt = new Date(clock.now()).toISOString();
    const letters: DeadLetter[] = [];
    result.documents.forEach((outcome, index) => {
      const document = documents[index];
      if (outcome.kind === 'rejected' && document !== undefined) letters.push(rejectedLetter(document, outcome.message, failedAt));
    });
    if (letters.length > 0) await writeBatch([], letters, signal);
    return letters;
  }

  function countOutcomes(result: StoreResult, deadLetters: readonly DeadLetter[], rejected: readonly DeadLetter[]): void {
    let storedCount = 0;
    let duplicateCount = 0;
    for (const outcome of result.documents) {
      if (outcome.kind === 'stored') storedCount++;
      else if (outcome.kind === 'duplicate') duplicateCount++;
    }
    const lettersByReason = new Map<DeadLetter['reason'], number>();
    deadLetters.forEach((letter, index) => {
      if (result.deadLetters[index]?.kind === 'duplicate') duplicateCount++;
      else lettersByReason.set(letter.reason, (lettersByReason.get(letter.reason) ?? 0) + 1);
    });
    if (rejected.length > 0) lettersByReason.set('rejected', rejected.length);

    telemetry.recordsStored(storedCount);
    telemetry.recordsDuplicate(duplicateCount);
    for (const [reason, count] of lettersByReason) telemetry.recordsDeadLettered(reason, count);
  }

  /** Counts threats and bots of what is new, and raises alerts. Repeats were counted when they were stored. */
  async function reportFindings(documents: readonly StoreDocument[], result: StoreResult): Promise<void> {
    const findings = summariseFindings(documents, result.documents);
    for (const { threatClass, severity, count } of findings.threats) telemetry.threats(threatClass, severity, count);
    for (const [kind, count] of findings.bots) telemetry.bots(kind, count);
    await alerts.flagged(findings.flagged);
  }
}
