/**
 * What becomes of a single record that the brokers refuse for its size: a dead letter, cut until it fits.
 */
import { crc32 } from 'node:zlib';

import { decodeRaw, encodeRaw } from '@sluice/event';

import { encodeLetter } from './encode-records.ts';

import type { DeadLetter, LogEvent } from '@sluice/event';
import type { EncodedEvent, EncodedLetter } from './encode-records.ts';

/** Small enough for any broker's default of 1 MB, also when every byte of it is escaped. */
const firstRawBytes = 131_072;
/** A letter that is refused with so little in it is not refused for its size. */
const leastRawBytes = 256;

/** The letter of an event that no broker takes: its JSON, cut, with length and checksum of the whole. */
export function letterOfRefused({ value }: EncodedEvent, failedAt: string): EncodedLetter {
  const event = JSON.parse(value.toString()) as LogEvent;
  return encodeLetter({
    event_id: event.event_id,
    reason: 'rejected',
    message: `Kafka takes no record of ${value.length} bytes; see message.max.bytes of the brokers and max.message.bytes of the topic`,
    column: null,
    step: 'store',
    origin: { source: event.source, log_file: event.log_file, log_offset: event.log_offset },
    ...encodeRaw(cutText(value, firstRawBytes)),
    raw_bytes: value.length,
    raw_crc32: crc32(value).toString(16).padStart(8, '0'),
    failed_at: failedAt,
    attempts: 1,
  });
}

/** The letter with at most half of its original bytes; null when there is nothing left to cut. */
export function halveLetter(letter: DeadLetter): EncodedLetter | null {
  const raw = decodeRaw(letter);
  if (raw.length <= leastRawBytes) return null;
  const keepBytes = Math.min(firstRawBytes, Math.floor(raw.length / 2));
  return encodeLetter({ ...letter, ...encodeRaw(letter.raw_encoding === 'utf8' ? cutText(raw, keepBytes) : raw.subarray(0, keepBytes)) });
}

/** Not in the middle of a character: what was text stays text. */
function cutText(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
