/**
 * Masks what ingest publishes. Lines that are no events go straight to the topic of dead letters, so nobody could do it later; events
 * are masked here only with `security.mask_in_ingest`, because detection has yet to see them.
 */
import { maskEvent, maskLetter } from '@sluice/enrichment';

import type { Masking } from '@sluice/enrichment';
import type { RecordPublisher } from '@sluice/ports';

export interface PublisherMasking {
  /** Null: published as they are. */
  readonly events: Masking | null;
  readonly letters: Masking | null;
}

/** A publisher that masks each record first, in the array that it is handed over; the same one where there is nothing to do. */
export function maskedPublisher(publisher: RecordPublisher, { events, letters }: PublisherMasking): RecordPublisher {
  if (events === null && letters === null) return publisher;
  return {
    publish: (records, options) => {
      for (const [index, record] of records.entries()) {
        if (record.kind === 'event') {
          const event = events === null ? record.event : maskEvent(record.event, events);
          if (event !== record.event) records[index] = { kind: 'event', event };
        } else if (letters !== null) {
          records[index] = { kind: 'dead_letter', letter: maskLetter(record.letter, letters) };
        }
      }
      return publisher.publish(records, options);
    },
  };
}
