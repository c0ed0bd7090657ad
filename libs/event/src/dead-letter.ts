/**
 * A line or record that could not become a stored event, kept whole with the reason.
 */

export const deadLetterReasons = [
  'unparsable', // no format of the source fits the line
  'line_too_long', // over source.max_line_bytes; only the head is kept
  'rate_limited', // performance.rate_limit_action: drop, with letters asked for
  'undecodable', // a record that is neither an event nor a log line
  'rejected', // the store refused the document itself
] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

export const deadLetterSteps = ['parse', 'decode', 'store'] as const;
export type DeadLetterStep = (typeof deadLetterSteps)[number];

export interface FileOrigin {
  source: string;
  log_file: string;
  log_offset: number;
}

export interface RecordOrigin {
  topic: string;
  partition: number;
  /** Decimal string, as Kafka clients give it. */
  offset: string;
}

export interface DeadLetter {
  event_id: string;
  reason: DeadLetterReason;
  /** One sentence: what was found and what was expected. Hostile text is cut and free of control characters. */
  message: string;
  /** 1-based column in the line where parsing stopped; null when that means nothing. */
  column: number | null;
  step: DeadLetterStep;
  origin: FileOrigin | RecordOrigin;
  /** The original bytes: as text when they are valid UTF-8, else as base64. */
  raw: string;
  raw_encoding: 'utf8' | 'base64';
  /** Length in bytes of the whole original; more than `raw` holds when it was cut. */
  raw_bytes: number;
  /** CRC-32 of the whole original, 8 hex digits. */
  raw_crc32: string;
  /** ISO 8601 UTC. */
  failed_at: string;
  attempts: number;
}

/** True when the letter comes from a file position, false when from a Kafka record. */
export function isFileOrigin(origin: FileOrigin | RecordOrigin): origin is FileOrigin {
  return 'log_file' in origin;
}

/**
 * The lossless text form of bytes for a dead letter.
 *
 * Shape: bytes -> `{raw, raw_encoding}`; decoding `raw` by `raw_encoding` gives the same bytes back.
 */
export function encodeRaw(bytes: Buffer): { raw: string; raw_encoding: 'utf8' | 'base64' } {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { raw: text, raw_encoding: 'utf8' } : { raw: bytes.toString('base64'), raw_encoding: 'base64' };
}

/** The original bytes of a letter (its head, when the letter was cut). */
export function decodeRaw(letter: Pick<DeadLetter, 'raw' | 'raw_encoding'>): Buffer {
  return Buffer.from(letter.raw, letter.raw_encoding);
}
