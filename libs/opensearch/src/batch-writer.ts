/**
 * Batches of the port as bulk calls: events first, then dead letters, which are never refused.
 */
import { SluiceError } from '@sluice/errors';
import { duplicate, stored } from '@sluice/event';

import { createCall } from './bulk-call.ts';
import { createBulkEncoder, documentOf } from './bulk-items.ts';
import { createBulkWriter } from './bulk-writer.ts';
import { createCallOrder } from './call-order.ts';
import { decodeDeadLetter, decodeDocument, encodeDeadLetter, encodeDocument } from './encode-document.ts';

import type { ElasticsearchConfig } from '@sluice/config';
import type { DeadLetter, StoreOutcome } from '@sluice/event';
import type { EventWriter, StoreDocument } from '@sluice/ports';
import type { BulkCall } from './bulk-call.ts';
import type { BulkItem } from './bulk-items.ts';
import type { BulkWriter, BulkWriterDeps } from './bulk-writer.ts';
import type { IndexNames } from './index-names.ts';
import type { TemplateKeeper } from './template-keeper.ts';

export interface BatchWriterDeps extends BulkWriterDeps {
  readonly names: IndexNames;
  readonly keeper: Pick<TemplateKeeper, 'prepare'>;
}

/** What is kept of the original of a dead letter that is too large for the store, in characters. */
const shortRawLength = 4096;

/** Creates the writing half of the store. */
export function createBatchWriter(config: Pick<ElasticsearchConfig, 'bulk_size' | 'bulk_bytes'>, deps: BatchWriterDeps): EventWriter {
  const { names, keeper } = deps;
  const bulk = createBulkWriter({ documents: config.bulk_size, bytes: config.bulk_bytes }, deps);
  const encode = createBulkEncoder();
  const order = createCallOrder();

  const toEventItem = (document: StoreDocument): BulkItem => {
    const { timestamp, event_id: eventId } = document.event;
    return { index: names.ofTime(timestamp), eventId, text: encodeDocument(document) };
  };
  const toLetterItem = (letter: DeadLetter, maxRawLength?: number): BulkItem => {
    return { index: names.deadLetters, eventId: letter.event_id, text: encodeDeadLetter(letter, maxRawLength) };
  };

  return {
    prepare: ({ documents, deadLetters }) => {
      const events = createCall(encode(documents, toEventItem));
      const letters = createCall(encode(deadLetters, (letter) => toLetterItem(letter)));
      // An event and a dead letter of one line share their id, not their index.
      const ids = [...events.items.ids, ...letters.items.ids.map((id) => `\n${id}`)];
      return {
        write: () =>
          order.run(ids, async () => {
            await keeper.prepare(new Set([...events.items.indices, ...letters.items.indices]));
            return { documents: await writeEvents(events), deadLetters: await writeLetters(letters) };
          }),
      };
    },
  };

  async function writeEvents(call: BulkCall): Promise<StoreOutcome[]> {
    const outcomes = await bulk.write(call);
    return outcomes.map((outcome, at) => {
      if (outcome.kind !== 'rejected') return outcome.kind === 'stored' ? stored : duplicate;
      return { ...outcome, event: decodeDocument(documentOf(call.items, at)) };
    });
  }

  /** A dead letter is the last place for a line: one that is refused goes again with less of the original, and never gets lost. */
  async function writeLetters(call: BulkCall): Promise<StoreOutcome[]> {
    const outcomes = await bulk.write(call);
    const refused = outcomes.flatMap(({ kind }, at) => (kind === 'rejected' ? [at] : []));
    const shortened = refused.length === 0 ? [] : await writeShortened(bulk, refused.map((at) => decodeDeadLetter(documentOf(call.items, at)))); // prettier-ignore
    return outcomes.map(({ kind }, at) =>
      kind === 'rejected' ? (shortened[refused.indexOf(at)] ?? stored) : kind === 'stored' ? stored : duplicate,
    );
  }

  async function writeShortened(writer: BulkWriter, letters: readonly DeadLetter[]): Promise<StoreOutcome[]> {
    const outcomes = await writer.write(createCall(encode(letters, (letter) => toLetterItem(letter, shortRawLength))));
    return outcomes.map((outcome) => {
      if (outcome.kind !== 'rejected') return outcome;
      throw new SluiceError('STORE_UNAVAILABLE', `OpenSearch refuses a dead letter: ${outcome.message}`);
    });
  }
}
