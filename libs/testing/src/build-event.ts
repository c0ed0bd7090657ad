/**
 * Builders of the values that flow through the pipeline; each call gives another event id unless told otherwise.
 */
import { crc32 } from 'node:zlib';

import { encodeRaw, formatEventId } from '@sluice/event';

import type { DeadLetter, Enrichment, LogEvent } from '@sluice/event';
import type { StoreDocument } from '@sluice/ports';

const fileKey = '5a1c3b7e9d204f68';
const lineBytes = 200;
let lineCount = 0;

function nextOffset(): number {
  lineCount += 1;
  return lineCount * lineBytes;
}

/** Builds a plain GET of a person; id and offset differ from those of every event built before in this process. */
export function buildEvent(overrides: Partial<LogEvent> = {}): LogEvent {
  const offset = overrides.log_offset ?? nextOffset();
  return {
    timestamp: '2026-11-22T13:55:36Z',
    ip_address: '198.51.100.7',
    method: 'GET',
    path: '/shop/lamps/brass-lamp-101',
    status: 200,
    bytes_sent: 5120,
    referer: 'https://shop.example/shop/',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    event_id: formatEventId(fileKey, offset, offset),
    source: 'web-1',
    log_file: '/var/log/apache2/access.log',
    log_offset: offset,
    protocol: 'HTTP/1.1',
    ...overrides,
  };
}

/** Builds what enrichment says of an ordinary visitor. */
export function buildEnrichment(overrides: Partial<Enrichment> = {}): Enrichment {
  return { geo_country: null, geo_city: null, is_bot: false, security_threat: false, processed_at: '2026-11-22T13:55:37.250Z', ...overrides };
}

/** Builds what a store is given. */
export function buildDocument(event: Partial<LogEvent> = {}, enrichment: Partial<Enrichment> = {}): StoreDocument {
  return { event: buildEvent(event), enrichment: buildEnrichment(enrichment) };
}

/** Builds the dead letter of a line no format fits; `raw` may be given as the original bytes. */
export function buildDeadLetter(overrides: Partial<DeadLetter> = {}, bytes: Buffer = Buffer.from('no access log line')): DeadLetter {
  const offset = nextOffset();
  return {
    event_id: formatEventId(fileKey, offset, offset),
    reason: 'unparsable',
    message: 'expected an address, found "no"',
    column: 1,
    step: 'parse',
    origin: { source: 'web-1', log_file: '/var/log/apache2/access.log', log_offset: offset },
    ...encodeRaw(bytes),
    raw_bytes: bytes.length,
    raw_crc32: crc32(bytes).toString(16).padStart(8, '0'),
    failed_at: '2026-11-22T13:55:37.250Z',
    attempts: 1,
    ...overrides,
  };
}
