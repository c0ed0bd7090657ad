/**
 * `inspect`: what each line becomes, without storing anything and without any service.
 */
import { hostname } from 'node:os';
import { crc32 } from 'node:zlib';

import { maskEnrichment, maskEvent, maskText } from '@sluice/enrichment';
import { encodeEnrichedEvent, formatEventId } from '@sluice/event';
import { buildFileKey, LineSplitter } from '@sluice/ingestion';
import { createLineParser, LineRefusal } from '@sluice/parser';

import { composeEnrichment } from './compose-enrichment.ts';
import { composeMasking } from './compose-masking.ts';

import type { Config } from '@sluice/config';
import type { Clock, Logger } from '@sluice/ports';

export interface Inspection {
  /** Takes the next bytes and returns the answers to all lines they complete, one JSON object per line. */
  push(chunk: Buffer): string;
  /** The answer to a last line without line end; empty when there is none. */
  finish(): string;
  close(): void;
}

/**
 * Opens an inspection by the configured formats; `auto` tries every known one on each line, the last that fitted first.
 *
 * Shape: n lines -> n answers in the same order; a line that is no event, or blank, or too long gives `{"error": ...}`.
 * Errors: LOG_FORMAT_INVALID for a bad `source.format`; never because of a line.
 */
export async function openInspection(config: Config, deps: { logger: Logger; clock: Clock }): Promise<Inspection> {
  const parser = createLineParser(config.source.format);
  const enrichment = await composeEnrichment(config, deps);
  const masking = composeMasking(config.security);
  const splitter = new LineSplitter(config.source.max_line_bytes, 0);
  const source = config.source.id ?? hostname();
  let fileKey: string | null = null;

  return {
    push(chunk) {
      const processedAt = new Date(deps.clock.now()).toISOString();
      let answers = '';
      splitter.push(chunk);
      while (splitter.next()) answers += `${answer(processedAt)}\n`;
      return answers;
    },
    finish: () => (splitter.finish() ? `${answer(new Date(deps.clock.now()).toISOString())}\n` : ''),
    close: () => enrichment.close(),
  };

  function answer(processedAt: string): string {
    const bytes = splitter.bytes.subarray(splitter.start, splitter.end);
    fileKey ??= buildFileKey(source, '', '-', bytes);
    if (splitter.tooLong)
      return errorAnswer(`the line has ${splitter.totalBytes} bytes, more than source.max_line_bytes (${config.source.max_line_bytes})`, null);
    const line = bytes.toString('latin1');
    if (line.trim() === '') return errorAnswer('blank line', null);
    const event = parser.parse(line);
    if (event instanceof LineRefusal) return errorAnswer(masking === null ? event.message : maskText(event.message, masking), event.column);
    event.event_id = formatEventId(fileKey, splitter.offset, crc32(bytes));
    event.source = source;
    event.log_file = '-';
    event.log_offset = splitter.offset;
    const found = enrichment.enricher.enrich(event, processedAt);
    if (masking === null) return encodeEnrichedEvent(event, found);
    const masked = maskEvent(event, masking);
    return encodeEnrichedEvent(masked, maskEnrichment(found, event, masked, masking));
  }
}

function errorAnswer(error: string, column: number | null): string {
  return JSON.stringify(column === null ? { error } : { error, column });
}
