/**
 * The dead letter of a document that the store refused.
 */
import { crc32 } from 'node:zlib';

import { encodeEvent } from '@sluice/event';

import type { DeadLetter, LogEvent } from '@sluice/event';

/** Keeps the event as JSON with the store's reason. Cost: one encode; only for refused documents. */
export function rejectedLetter(event: LogEvent, message: string, failedAt: string): DeadLetter {
  const raw = encodeEvent(event);
  return {
    event_id: event.event_id,
    reason: 'rejected',
    message,
    column: null,
    step: 'store',
    origin: { source: event.source, log_file: event.log_file, log_offset: event.log_offset },
    raw,
    raw_encoding: 'utf8',
    raw_bytes: Buffer.byteLength(raw),
    raw_crc32: crc32(raw).toString(16).padStart(8, '0'),
    failed_at: failedAt,
    attempts: 1,
  };
}
