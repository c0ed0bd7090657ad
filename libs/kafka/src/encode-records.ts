/**
 * Records as they go to their topics: events without a key, letters by their event id.
 */
import { encodeEvent } from '@sluice/event';

import type { DeadLetter } from '@sluice/event';
import type { OutgoingRecord } from '@sluice/ports';
import type { EncodedOutput } from './publish-driver.ts';

/** The event itself is let go of: it can be read from its text. */
export type EncodedEvent = EncodedOutput;
/** A letter and what it was made of: one that is too large becomes a smaller one. */
export interface EncodedLetter extends EncodedOutput {
  readonly letter: DeadLetter;
}

export interface EncodedRecords {
  readonly events: EncodedEvent[];
  readonly letters: EncodedLetter[];
}

/** Shape: records in order -> events and letters, each in order. Cost: one stringify and one Buffer per record. */
export function encodeRecords(records: readonly OutgoingRecord[]): EncodedRecords {
  const events: EncodedEvent[] = [];
  const letters: EncodedLetter[] = [];
  for (const record of records) {
    if (record.kind === 'event') events.push({ key: null, value: Buffer.from(encodeEvent(record.event)) });
    else letters.push(encodeLetter(record.letter));
  }
  return { events, letters };
}

export function encodeLetter(letter: DeadLetter): EncodedLetter {
  return { key: letter.event_id, value: Buffer.from(JSON.stringify(letter)), letter };
}
