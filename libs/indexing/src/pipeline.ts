/**
 * Turns a batch of records into stored, enriched events. A batch resolves only when every record of it is stored,
 * was stored before, or is kept as a dead letter; until then its transport delivers it again. Delivering again is
 * harmless, because stores know events by their id.
 *
 *   records -> decode -> enrich + detect -> mask -> sessions -> write -> letters -> outcomes -> count, alert
 *                 | none -> dead letters                        ^ retried and paused while the store is down
 *                                                                   | rejected -> dead letters
 */
import { maskEnrichment, maskEvent, maskLetter } from '@sluice/enrichment';

import { createGuardedWriter } from './guarded-writer.ts';
import { observeClients } from './observe-clients.ts';
import { findNotable, summariseFindings } from './findings.ts';
import { rejectedLetter } from './rejected-letter.ts';

import type { Alerts } from './alerts.ts';
import type { ClientWatch } from '@sluice/security';
import type { DecodedRecord, DecodeRecord } from './decode-record.ts';
import type { Notable } from './findings.ts';
import type { Observations } from './observe-clients.ts';
import type { GuardedWriterConfig, GuardedWriterDeps } from './guarded-writer.ts';
import type { Enricher, Masking } from '@sluice/enrichment';
import type { DeadLetter, DeadLetterReason, LogEvent } from '@sluice/event';
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

export type IndexingConfig = GuardedWriterConfig;

export interface IndexingDeps extends Pick<GuardedWriterDeps, 'onBreaker'> {
  store: EventWriter;
  /** Reads records of a topic; in-process records are events already. */
  decode: DecodeRecord;
  enricher: Pick<Enricher, 'enrich'>;
  /** Takes out what nobody may read later; null or absent: nothing. */
  masking?: Masking | null | undefined;
  /** Enters the session of each document; absent when sessions are off. */
  assignSessions?: ((documents: readonly StoreDocument[]) => Promise<void>) | undefined;
  /** Keeps dead letters elsewhere than in the store, durably, once the documents of their batch are stored. */
  keepLetters?: ((letters: readonly DeadLetter[], signal: AbortSignal) => Promise<void>) | undefined;
  alerts: Alerts;
  /** Counts what clients do over time; absent when that is off. */
  clients?: Pick<ClientWatch, 'count'> | undefined;
  telemetry: IndexingTelemetry;
  logger: Logger;
  clock: Clock;
}

export interface Indexing {
  /** Give it to a RecordConsumer. Batches may be in work side by side. */
  processBatch: BatchHandler;
  /** The failure the store is tried again for right now, or that ended it; null while all is well. */
  storeFailure(): string | null;
}

/** What is left of a batch once its events were handed to the store. */
interface Work {
  readonly prepared: PreparedBatch;
  /** Letters that are not part of what was handed to the store. */
  readonly letters: DeadLetter[];
  readonly letterReasons: readonly DeadLetterReason[];
  readonly blank: number;
  readonly notable: readonly Notable[];
  readonly observed: Observations | null;
}

/**
 * Builds the indexing half.
 *
 * Errors: `processBatch` rejects when the store fails for good, when its retries are used up, or when the signal
 * aborts; never because of the content of a record.
 */
export function createIndexing(config: IndexingConfig, deps: IndexingDeps): Indexing {
  const { store, decode, enricher, keepLetters, alerts, telemetry, clock, masking = null } = deps;
  const writer = createGuardedWriter(config, { ...deps, logger: deps.logger.named('indexing') });

  return {
    async processBatch(batch, { signal }) {
      const received = batch.records.length;
      telemetry.recordsReceived(received);
      try {
        const work = await prepareBatch(batch);
        const result = await writer.write(work.prepared, signal);
        const rejected = await keepRest(work.letters, result, signal);
        countOutcomes(result, work, rejected);
        telemetry.eventToStored((clock.now() - batch.readAtMs) / 1000);
        await reportFindings(work, result);
      } catch (error) {
        // Whoever delivered it delivers it again, and it is counted again.
        telemetry.recordsReturned(received);
        throw error;
      }
    },
    storeFailure: () => writer.failure(),
  };

  /** The events end here: what is needed of them later is in the answer, and the records are taken out of the batch. */
  async function prepareBatch(batch: RecordBatch): Promise<Work> {
    const startedAtMs = performance.now();
    const processedAt = new Date(clock.now()).toISOString();
    const documents: StoreDocument[] = [];
    const deadLetters: DeadLetter[] = [];
    let blank = 0;
    for (const incoming of batch.records) {
      const record: DecodedRecord = incoming.kind === 'encoded' ? decode(incoming, processedAt) : incoming;
      if (record.kind === 'dead_letter') deadLetters.push(masking === null ? record.letter : maskLetter(record.letter, masking));
      else if (record.kind === 'blank') blank += 1;
      else documents.push(documentOf(record.event, processedAt, record.encoded));
    }
    telemetry.stage('enrich', (performance.now() - startedAtMs) / 1000);
    if (deps.assignSessions !== undefined) await deps.assignSessions(documents);
    const prepared = store.prepare({ documents, deadLetters: keepLetters === undefined ? deadLetters : [] });
    batch.records.length = 0;
    return {
      prepared,
      letters: keepLetters === undefined ? [] : deadLetters,
      letterReasons: deadLetters.map(({ reason }) => reason),
      blank,
      notable: findNotable(documents),
      observed: deps.clients === undefined ? null : observeClients(documents, clock.now()),
    };
  }

  /** Enriched by all that is known, then without what must not be kept; the text it came in is no longer its text then. */
  function documentOf(event: LogEvent, processedAt: string, encoded: string | undefined): StoreDocument {
    const enrichment = enricher.enrich(event, processedAt);
    if (masking === null) return { event, enrichment, encoded };
    const masked = maskEvent(event, masking);
    return { event: masked, enrichment: maskEnrichment(enrichment, event, masked, masking), encoded: masked === event ? encoded : undefined };
  }

  /** Keeps what the store does not hold yet: a document it will never take becomes a dead letter with its reason. Returns how many. */
  async function keepRest(letters: DeadLetter[], { documents }: StoreResult, signal: AbortSignal): Promise<number> {
    const failedAt = new Date(clock.now()).toISOString();
    const before = letters.length;
    for (const outcome of documents) if (outcome.kind === 'rejected') letters.push(rejectedLetter(outcome.event, outcome.message, failedAt));
    if (letters.length > 0) {
      if (keepLetters === undefined) await writer.write(store.prepare({ documents: [], deadLetters: letters }), signal);
      else await keepLetters(letters, signal);
    }
    return letters.length - before;
  }

  function countOutcomes(result: StoreResult, { letterReasons, blank }: Work, rejected: number): void {
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

    if (blank > 0) telemetry.recordsDropped('blank', blank);
    telemetry.recordsStored(storedCount);
    telemetry.recordsDuplicate(duplicateCount);
    for (const [reason, count] of lettersByReason) telemetry.recordsDeadLettered(reason, count);
  }

  /** Counts threats and bots of what is new, and raises alerts. Repeats were counted when they were stored. */
  async function reportFindings({ notable, observed }: Work, result: StoreResult): Promise<void> {
    const findings = summariseFindings(notable, result.documents);
    for (const { threatClass, severity, count } of findings.threats) telemetry.threats(threatClass, severity, count);
    for (const [kind, count] of findings.bots) telemetry.bots(kind, count);
    await alerts.flagged(findings.flagged);
    if (deps.clients !== undefined && observed !== null) alerts.behaved(observed.countIn(deps.clients, result.documents));
  }
}
