/**
 * Finds the format of a file by its first lines.
 */
import { compileLogFormat } from './compile-log-format.ts';
import { LineRefusal } from './line-parser.ts';
import { guessedNames } from './nicknames.ts';

import type { LineParser } from './line-parser.ts';

/** `lines` counts those that are not blank; `fits` those of them that the parser reads. */
export type DetectedFormat =
  | { readonly parser: LineParser; readonly fits: number; readonly lines: number }
  | { readonly parser: null; readonly candidates: readonly { readonly name: string; readonly fits: number }[] };

/**
 * Detects the format that fits most lines, at least half of them; on a tie the most specific one.
 *
 * Shape: lines as `LineParser.parse` takes them. Blank lines say nothing. Formats with a trailing `%D` or `%T` are never
 * guessed: the unit of a number cannot be seen.
 */
export function detectLogFormat(lines: readonly string[]): DetectedFormat {
  const written = lines.filter((line) => line.trim() !== '');
  const candidates = guessedNames.map((name) => {
    const parser = compileLogFormat(name);
    return { name, parser, fits: written.filter((line) => !(parser.parse(line) instanceof LineRefusal)).length };
  });
  const best = candidates.reduce((first, second) => (second.fits > first.fits ? second : first));
  if (best.fits === 0 || best.fits * 2 < written.length) return { parser: null, candidates: candidates.map(({ name, fits }) => ({ name, fits })) };
  return { parser: best.parser, fits: best.fits, lines: written.length };
}
