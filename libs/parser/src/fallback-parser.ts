/**
 * Several formats as one parser: logs of virtual hosts mixed in one file, or a format that changed one day.
 */
import { LineRefusal } from './line-parser.ts';

import type { LogEvent } from '@sluice/event';
import type { LineParser } from './line-parser.ts';

/**
 * Creates a parser that tries the format that fitted last, then the others in order.
 *
 * Errors: a line that none fits gets the refusal of the format that came furthest.
 */
export function createFallbackParser(name: string, parsers: readonly LineParser[]): LineParser {
  let last = 0;
  const parse = (line: string): LogEvent | LineRefusal => {
    const first = parsers[last]?.parse(line) ?? new LineRefusal(line, 0, 'a format');
    if (!(first instanceof LineRefusal)) return first;
    let furthest = first;
    for (let i = 0; i < parsers.length; i++) {
      if (i === last) continue;
      const result = parsers[i]?.parse(line);
      if (result === undefined) continue;
      if (!(result instanceof LineRefusal)) {
        last = i;
        return result;
      }
      if (result.column > furthest.column) furthest = result;
    }
    return furthest;
  };
  return { name, format: parsers.map((parser) => parser.format).join(' | '), parse };
}
