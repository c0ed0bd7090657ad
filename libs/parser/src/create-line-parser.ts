/**
 * `source.format` as a parser.
 */
import { compileLogFormat } from './compile-log-format.ts';
import { createFallbackParser } from './fallback-parser.ts';
import { formatError } from './log-format-syntax.ts';
import { guessedNames } from './nicknames.ts';

import type { LineParser } from './line-parser.ts';

/**
 * Creates the parser of one or several formats.
 *
 * Shape: what `compileLogFormat` takes, `auto` (every format that can be guessed; `detectLogFormat` decides better where
 * several lines are at hand), or a list of those: the format that fitted last is tried first, then the others in order.
 * Errors: SluiceError LOG_FORMAT_INVALID.
 */
export function createLineParser(format: string | readonly string[]): LineParser {
  const formats = (typeof format === 'string' ? [format] : format).flatMap((one) => (one.trim() === 'auto' ? guessedNames : [one]));
  const parsers = formats.map(compileLogFormat);
  const [first, ...others] = parsers;
  if (first === undefined) throw formatError(1, 'the list of formats is empty', "Name at least one format, or 'auto'.");
  if (others.length === 0) return first;
  const names = parsers.map((parser) => parser.name);
  return createFallbackParser(format === 'auto' ? 'auto' : names.join(', '), parsers);
}
