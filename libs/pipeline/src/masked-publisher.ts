/**
 * Masks what ingest publishes, for `security.mask_in_ingest`: a topic then holds no secrets either.
 */
import { maskEvent, maskLetter } from '@sluice/enrichment';

import type { Masking } from '@sluice/enrichment';
import type { RecordPublisher } from '@sluice/ports';

/** A publisher that masks each record first, in the array that it is handed over. */
export function maskedPublisher(publisher: RecordPublisher, masking: Masking): RecordPublisher {
  return {
    publish: (records, options) => {
      for (const [index, record] of records.entries()) {
        if (record.kind === 'event') {
          const event = maskEvent(record.event, masking);
          if (event !== record.event) records[index] = { kind: 'event', event };
        } else {
          records[index] = { kind: 'dead_letter', letter: maskLetter(record.letter, masking) };
        }
      }
      return publisher.publish(records, options);
    },
  };
}
