/**
 * For tests: the known fields of a parsed line, and nothing else.
 */
import assert from 'node:assert/strict';

import { LineRefusal } from '../line-parser.ts';

import type { LogEvent } from '@sluice/event';
import type { LineParser } from '../line-parser.ts';

/** The fields of the event that are neither null nor undefined, without the placeholders of its origin. */
export function knownFields(result: LogEvent | LineRefusal): Partial<LogEvent> {
  if (result instanceof LineRefusal) assert.fail(`refused: ${result.message}`);
  const { event_id, source, log_file, log_offset, ...fields } = result;
  assert.deepEqual([event_id, source, log_file, log_offset], ['', '', '', 0]);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** The refusal of a line that must not parse. */
export function refusalOf(parser: LineParser, line: string): LineRefusal {
  const result = parser.parse(line);
  if (!(result instanceof LineRefusal)) assert.fail(`taken: ${JSON.stringify(result)}`);
  assert.match(result.message, /^[\x20-\x7e]{1,200}$/);
  assert.ok(result.column >= 1 && result.column <= line.length + 1, `column ${result.column}`);
  return result;
}
