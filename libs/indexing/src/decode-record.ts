/**
 * What a record of a topic is: an event that ingest published, or what another shipper wrote: a raw access log line, a
 * JSON object with a `message` field, a JSON line of a JSON LogFormat. Whatever is none of these becomes a dead letter.
 */
import { crc32 } from 'node:zlib';

import { decodeEvent, encodeRaw } from '@sluice/event';
import { LineRefusal } from '@sluice/parser';

import type { DeadLetter, DeadLetterReason, LogEvent } from '@sluice/event';
import type { LineParser } from '@sluice/parser';
import type { EncodedRecord } from '@sluice/ports';

export type DecodedRecord =
  | { readonly kind: 'event'; readonly event: LogEvent; readonly encoded?: string | undefined }
  | { readonly kind: 'dead_letter'; readonly letter: DeadLetter }
  /** Nothing but blanks. */
  | { readonly kind: 'blank' };

export interface RecordDecoderConfig {
  /** Longer lines become dead letters, cut to this size. */
  readonly maxLineBytes: number;
}

/** `failedAt` is ISO 8601 UTC, one value for a whole batch. Never throws, whatever the record holds. */
export type DecodeRecord = (record: EncodedRecord, failedAt: string) => DecodedRecord;

const blank: DecodedRecord = Object.freeze({ kind: 'blank' });

/** Builds the decoder; `parser` reads the lines of other shippers. */
export function createRecordDecoder(config: RecordDecoderConfig, parser: LineParser): DecodeRecord {
  return (record, failedAt) => {
    const { value } = record;
    if (value === null || value.length === 0) return letterOf(record, failedAt, 'undecodable', 'the record has no value');
    if (value[0] !== openingBrace) return lineOf(record, value, failedAt);
    const text = value.toString('utf8');
    const parsed = parseJson(text);
    if (parsed === null) return lineOf(record, value, failedAt);
    if (typeof parsed['event_id'] === 'string') {
      const decoded = decodeEvent(parsed);
      if ('problem' in decoded) return letterOf(record, failedAt, 'undecodable', decoded.problem);
      return { kind: 'event', event: decoded.event, encoded: canBeAppendedTo(text) ? text : undefined };
    }
    const { message } = parsed;
    // Parsers take one character per byte.
    return typeof message === 'string' ? lineOf(record, Buffer.from(message, 'utf8'), failedAt) : lineOf(record, value, failedAt);
  };

  function lineOf(record: EncodedRecord, bytes: Buffer, failedAt: string): DecodedRecord {
    const end = endOfLine(bytes);
    if (end === 0) return blank;
    if (end > config.maxLineBytes) {
      const message = `The line has ${end} bytes; source.max_line_bytes keeps the first ${config.maxLineBytes}.`;
      return letterOf(record, failedAt, 'line_too_long', message);
    }
    const event = parser.parse(bytes.toString('latin1', 0, end));
    if (event instanceof LineRefusal)
      return letterOf(record, failedAt, 'undecodable', `neither an event nor a log line: ${event.message}`, event.column);
    const { topic, partition, offset } = record.origin;
    event.event_id = `${topic}-${partition}-${offset}`;
    event.source = topic;
    event.log_file = `${topic}/${partition}`;
    event.log_offset = Number(offset);
    return { kind: 'event', event, encoded: undefined };
  }

  function letterOf(record: EncodedRecord, failedAt: string, reason: DeadLetterReason, message: string, column: number | null = null): DecodedRecord {
    const { origin } = record;
    const whole = record.value ?? Buffer.alloc(0);
    const letter: DeadLetter = {
      event_id: `${origin.topic}-${origin.partition}-${origin.offset}`,
      reason,
      message,
      column,
      step: 'decode',
      origin,
      ...encodeRaw(whole.subarray(0, config.maxLineBytes)),
      raw_bytes: whole.length,
      raw_crc32: crc32(whole).toString(16).padStart(8, '0'),
      failed_at: failedAt,
      attempts: 1,
    };
    return { kind: 'dead_letter', letter };
  }
}

const openingBrace = 0x7b;

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A store may put more fields before the last brace: one line, no field that is there and null, nothing but known keys. */
function canBeAppendedTo(text: string): boolean {
  return text.endsWith('}') && !text.includes(':null') && !text.includes('\n') && !text.includes('\r') && !text.includes('"__proto__"');
}

/** Bytes before trailing line ends and blanks. */
function endOfLine(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && isSpace(bytes[end - 1])) end -= 1;
  return end;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13 || byte === 0;
}
