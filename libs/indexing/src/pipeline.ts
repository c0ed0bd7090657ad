/**
 * Turns a batch of records into stored, enriched events. A batch resolves only when every record of it is stored,
 * was stored before, or is kept as a dead letter; until then its transport delivers it again. Delivering again is
 * harmless, because stores know events by their id.
 *
 *   records -> split events and dead letters -> enrich + detect -> write -> outcomes -> count, alert
 *                                                    ^ retried while the store is down   | rejected -> dead letters
 */
import { isSluiceError, messageOf } from '@sluice/errors';
import { createRetry } from '@sluice/resilience';

import { rejectedLetter } from './rejected-letter.ts';
import { findNotable, summariseFindings } from './findings.ts';

import type { Alerts } from './alerts.ts';
import type { Enricher } from '@sluice/enrichment';
import type { DeadLetter, DeadLetterReason } from '@sluice/event';
import type {
  BatchHandler,
  Clock,
  EventWriter,
  IndexingTelemetry,
  Logger,
  PreparedBatch,
  RecordBatch,
  StoreDocument,
  StoreResult,
} from '@sluice/ports';
import type { Retry, RetryOptions } from '@sluice/resilience';
import type { Notable } from './findings.ts';

export interface IndexingDeps {
  store: EventWriter;
  enricher: Pick<Enricher, 'enrich'>;
  alerts: Alerts;
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
export function createIndexing(retryOptions: RetryOptions, deps: IndexingDeps): Indexing {
  const { store, enricher, alerts, telemetry, clock } = deps;
  const logger = deps.logger.named('indexing');
  let failure: string | null = null;

  /** Batches share transactions, so many fail together: one of them speaks for all. */
  let speaker: PreparedBatch | null = null;
  const retryFor = (batch: PreparedBatch): Retry =>
    createRetry(retryOptions, {
      onRetry: (error, attempt, delayMs) => {
        failure = `${error.code}: ${error.message}`;
        telemetry.storeRetry(error.code);
        speaker ??= batch;
        if (speaker !== batch) return;
        logger.warn(`The store does not take events: ${error.message}. Reading pauses; trying again by itself.`, {
          code: error.code,
          hint: error.hint,
          attempt,
          retryInMs: Math.round(delayMs),
        });
        void alerts.pipelineFailed(error.message);
      },
    });

  return {
    async processBatch(batch, context) {
      telemetry.recordsReceived(batch.records.length);
      const { prepared, letterReasons, notable } = prepareBatch(batch);
      const result = await writeBatch(prepared, context.signal);
      const rejected = await keepRejected(result, context.signal);
      countOutcomes(result, letterReasons, rejected);
      telemetry.eventToStored((clock.now() - batch.readAtMs) / 1000);
      await reportFindings(notable, result);
    },
    storeFailure: () => failure,
  };

  /** The events end here: what is needed of them later is in the answer, and the records are taken out of the batch. */
  function prepareBatch(batch: RecordBatch): { prepared: PreparedBatch; letterReasons: DeadLetterReason[]; notable: Notable[] } {
    const startedAtMs = performance.now();
    const processedAt = new Date(clock.now()).toISOString();
    const documents: StoreDocument[] = [];
    const deadLetters: DeadLetter[] = [];
    for (const record of batch.records) {
      if (record.kind === 'dead_letter') deadLetters.push(record.letter);
      else documents.push({ event: record.event, enrichment: enricher.enrich(record.event, processedAt) });
    }
    telemetry.stage('enrich', (performance.now() - startedAtMs) / 1000);
    const prepared = store.prepare({ documents, deadLetters });
    batch.records.length = 0;
    return { prepared, letterReasons: deadLetters.map(({ reason }) => reason), notable: findNotable(documents) };
  }

  async function writeBatch(prepared: PreparedBatch, signal: AbortSignal): Promise<StoreResult> {
    const startedAtMs = performance.now();
    try {
      const result = await retryFor(prepared)(() => attemptWrite(prepared), signal);
      if (failure !== null) logger.info('The store takes events again.');
      failure = null;
      return result;
    } catch (error) {
      failure = messageOf(error);
      throw error;
    } finally {
      if (speaker === prepared) speaker = null;
      telemetry.stage('store', (performance.now() - startedAtMs) / 1000);
    }
  }

  /** Counts every call that fails, also those that are tried again. */
  async function attemptWrite(prepared: PreparedBatch): Promise<StoreResult> {
    try {
      return await prepared.write();
    } catch (error) {
      telemetry.storeErrors(isSluiceError(error) ? error.code : 'unexpected', 1);
      throw error;
    }
  }

  /** A document the store will never take becomes a dead letter with the store's reason; its neighbours are stored. */
  async function keepRejected({ documents }: StoreResult, signal: AbortSignal): Promise<number> {
    const failedAt = new Date(clock.now()).toISOString();
    const letters: DeadLetter[] = [];
    for (const outcome of documents) if (outcome.kind === 'rejected') letters.push(rejectedLetter(outcome.event, outcome.message, failedAt));
    if (letters.length > 0) await writeBatch(store.prepare({ documents: [], deadLetters: letters }), signal);
    return letters.length;
  }

  function countOutcomes(result: StoreResult, letterReasons: readonly DeadLetterReason[], rejected: number): void {
    let storedCount = 0;
    let duplicateCount = 0;
    for (const outcome of result.documents) {
      if (outcome.kind === 'stored') storedCount++;
      else if (outcome.kind === 'duplicate') duplicateCount++;
    }
    const lettersByReason = new Map<DeadLetterReason, number>();
    letterReasons.forEach((reason, index) => {
      if (result.deadLetters[index]?.kind === 'duplicate') duplicateCount++;
      else lettersByReason.set(reason, (lettersByReason.get(reason) ?? 0) + 1);
    });
    if (rejected > 0) lettersByReason.set('rejected', rejected);

    telemetry.recordsStored(storedCount);
    telemetry.recordsDuplicate(duplicateCount);
    for (const [reason, count] of lettersByReason) telemetry.recordsDeadLettered(reason, count);
  }

  /** Counts threats and bots of what is new, and raises alerts. Repeats were counted when they were stored. */
  async function reportFindings(notable: readonly Notable[], result: StoreResult): Promise<void> {
    const findings = summariseFindings(notable, result.documents);
    for (const { threatClass, severity, count } of findings.threats) telemetry.threats(threatClass, severity, count);
    for (const [kind, count] of findings.bots) telemetry.bots(kind, count);
    await alerts.flagged(findings.flagged);
  }
}
