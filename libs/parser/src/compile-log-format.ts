/**
 * The front door for one format: a LogFormat string or a nickname in, a parser out.
 */
import { createFallbackParser } from './fallback-parser.ts';
import { generateParser } from './generate-parser.ts';
import { createJsonLineParser } from './json-line.ts';
import { readFormatSource, tokenizeFormat } from './log-format-syntax.ts';
import { nicknames } from './nicknames.ts';
import { planFields } from './plan-fields.ts';

import type { LineParser } from './line-parser.ts';

/**
 * Compiles a LogFormat string of Apache 2.4 to a parser.
 *
 * Shape: the string as it stands in the configuration (`%h %l ...`, with or without its quotes and `\"`), a whole
 * `LogFormat "..." name` or `CustomLog file "..."` line, a nickname (common, combined, vhost_combined, vhost_common, combinedio,
 * referer, agent), or `json` for JSON lines with the usual keys.
 * Errors: SluiceError LOG_FORMAT_INVALID with the column in the format (`data.column`) and what to do.
 * Cost: under a millisecond. The parser itself: see `bench/parse.ts`.
 * Source: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html. The format is trusted like the configuration it comes
 * from; lines are not. Nothing of the format becomes code.
 */
export function compileLogFormat(format: string): LineParser {
  const source = readFormatSource(format);
  if (source.format === 'json') return createJsonLineParser();
  const formats = nicknames.get(source.format.trim());
  if (formats === undefined) return compileOne(source.name ?? 'custom', source.format);
  const name = source.format.trim();
  const parsers = formats.map((known) => compileOne(name, known));
  return parsers.length === 1 && parsers[0] !== undefined ? parsers[0] : createFallbackParser(name, parsers);
}

function compileOne(name: string, format: string): LineParser {
  return { name, format, parse: generateParser(planFields(tokenizeFormat(format))) };
}
