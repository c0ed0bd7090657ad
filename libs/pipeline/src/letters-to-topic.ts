/**
 * Where a topic joins the halves, dead letters of the indexing half go to the topic of dead letters, not into the store.
 */
import { stored } from '@sluice/event';

import type { Clock, EventWriter, PreparedBatch, RecordPublisher, StoreResult } from '@sluice/ports';

const nothing: PreparedBatch = { write: () => Promise.resolve({ documents: [], deadLetters: [] }) };

/**
 * Wraps a store: documents go to it, dead letters to the publisher.
 *
 * Invariant: a write resolves when both are durable; letters are published after the documents were stored, so that a store
 * that is tried again does not repeat them. A crash in between may.
 */
export function withLettersToTopic(store: EventWriter, publisher: RecordPublisher, clock: Clock): EventWriter {
  return {
    prepare({ documents, deadLetters }) {
      const prepared = documents.length === 0 ? nothing : store.prepare({ documents, deadLetters: [] });
      let written: StoreResult | null = null;
      return {
        async write() {
          written ??= await prepared.write();
          if (deadLetters.length > 0) {
            const records = deadLetters.map((letter) => ({ kind: 'dead_letter', letter }) as const);
            await publisher.publish(records, { readAtMs: clock.now() });
          }
          return { documents: written.documents, deadLetters: deadLetters.map(() => stored) };
        },
      };
    },
  };
}
