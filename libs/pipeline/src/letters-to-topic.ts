/**
 * Where a topic joins the halves, dead letters of the indexing half go to the topic of dead letters, not into the store.
 */
import { stored } from '@sluice/event';

import type { Clock, EventWriter, RecordPublisher } from '@sluice/ports';

/**
 * Wraps a store: documents go to it, dead letters to the publisher.
 *
 * Invariant: resolves when both are durable; letters are published after the documents were stored, so that a store that is
 * tried again does not repeat them. A crash in between may.
 */
export function withLettersToTopic(store: EventWriter, publisher: RecordPublisher, clock: Clock): EventWriter {
  return {
    async write({ documents, deadLetters }) {
      const result = documents.length === 0 ? { documents: [], deadLetters: [] } : await store.write({ documents, deadLetters: [] });
      if (deadLetters.length > 0) {
        const records = deadLetters.map((letter) => ({ kind: 'dead_letter', letter }) as const);
        await publisher.publish(records, { readAtMs: clock.now() });
      }
      return { documents: result.documents, deadLetters: deadLetters.map(() => stored) };
    },
  };
}
