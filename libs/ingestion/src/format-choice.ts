/**
 * Which format a file is read by: the configured one, or the one its first lines show.
 */
import { createLineParser, detectLogFormat, LineRefusal } from '@sluice/parser';

import { isBlank } from './line-intake.ts';
import { LineSplitter } from './line-splitter.ts';

import type { SourceConfig } from '@sluice/config';
import type { LineParser } from '@sluice/parser';

export const sampleLines = 1000;
/** With --force a file that nothing fits is read by these: what fits is kept, the rest becomes dead letters. */
const forcedFormats = ['combined', 'vhost_combined', 'common'] as const;

export type FormatChoice =
  | { readonly fits: true; readonly parser: LineParser }
  /** `candidates`: formats that would fit, best first. */
  | { readonly fits: false; readonly parser: LineParser | null; readonly candidates: readonly string[] };

export interface FormatChooser {
  /**
   * Chooses by a sample of a file's first non-blank lines (`latin1`). Without lines everything fits.
   * `fits: false`: with `auto`, no format is recognised; with a configured format, it refuses more than half of the sample.
   */
  choose(sample: readonly string[]): FormatChoice;
  /** True unless the parser refuses more than half of the sample. */
  fits(parser: LineParser, sample: readonly string[]): boolean;
  /** What to read by when nothing fits and it is to be read anyway. */
  readonly forced: LineParser;
}

/** Builds the chooser. Throws SluiceError LOG_FORMAT_INVALID for a format that cannot be compiled. */
export function createFormatChooser(config: Pick<SourceConfig, 'format'>): FormatChooser {
  const configured = config.format === 'auto' ? null : createLineParser(config.format);
  const forced = configured ?? createLineParser(forcedFormats);

  const fits = (parser: LineParser, sample: readonly string[]): boolean => refusedCount(parser, sample) * 2 <= sample.length;

  return {
    forced,
    fits,
    choose: (sample) => {
      if (configured !== null) {
        if (fits(configured, sample)) return { fits: true, parser: configured };
        return { fits: false, parser: configured, candidates: namesOf(sample) };
      }
      if (sample.length === 0) return { fits: true, parser: forced };
      const detected = detectLogFormat(sample);
      return detected.parser === null ? { fits: false, parser: null, candidates: namesOf(sample) } : { fits: true, parser: detected.parser };
    },
  };
}

function refusedCount(parser: LineParser, sample: readonly string[]): number {
  let refused = 0;
  for (const line of sample) if (parser.parse(line) instanceof LineRefusal) refused += 1;
  return refused;
}

/** The format that would fit, or those that fit at least some lines, best first. */
function namesOf(sample: readonly string[]): string[] {
  const detected = detectLogFormat(sample);
  if (detected.parser !== null) return [detected.parser.name];
  return detected.candidates
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .map(({ name }) => name);
}

/** The first non-blank lines of a head, at most `sampleLines`; a last line without line end only when the file `ended`. */
export function sampleOf(head: Buffer, ended: boolean, maxLineBytes: number): string[] {
  const splitter = new LineSplitter(maxLineBytes, 0);
  const lines: string[] = [];
  const keep = (): void => {
    if (splitter.tooLong || isBlank(splitter.bytes, splitter.start, splitter.end)) return;
    lines.push(splitter.bytes.toString('latin1', splitter.start, splitter.end));
  };
  splitter.push(head);
  while (lines.length < sampleLines && splitter.next()) keep();
  if (ended && lines.length < sampleLines && splitter.finish()) keep();
  return lines;
}
