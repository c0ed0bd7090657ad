/**
 * One log line as text: JSON for machines, or one readable line for a terminal.
 */
import { boundData, boundText } from './bound-data.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  readonly level: LogLevel;
  readonly logger: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** How many identical lines were left out since the last one. */
  readonly repeated?: number | undefined;
}

const maxMessageLength = 8192;

/** What JSON leaves as it is and a terminal or viewer may act on: DEL, C1 controls, line separators, direction marks. */
const unsafeInJson = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `{"timestamp","level","logger","message","data"}` on one line; `data` only when there is any. */
export function formatJson(line: LogLine, timestamp: string): string {
  const text = JSON.stringify({
    timestamp,
    level: line.level,
    logger: line.logger,
    message: boundText(line.message, maxMessageLength),
    ...(line.repeated === undefined ? {} : { repeated: line.repeated }),
    ...(hasData(line) ? { data: boundData(line.data) } : {}),
  });
  return text.replace(unsafeInJson, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `13:55:36 warn  ingestion  message  key=value`, without control characters or escape sequences. */
export function formatPretty(line: LogLine, timestamp: string): string {
  const parts = [timestamp.slice(11, 19), line.level.padEnd(5), line.logger.padEnd(10), boundText(line.message, maxMessageLength)];
  if (line.repeated !== undefined) parts.push(`(${line.repeated} more like this)`);
  if (hasData(line))
    for (const [key, value] of Object.entries(boundData(line.data))) if (value !== undefined) parts.push(`${key}=${JSON.stringify(value)}`);
  return parts.join(' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

function hasData(line: LogLine): line is LogLine & { data: Readonly<Record<string, unknown>> } {
  return line.data !== undefined && Object.keys(line.data).length > 0;
}
