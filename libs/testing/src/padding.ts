/**
 * Fills generated lines up to a wanted mean length, the way marketing links do.
 */
import type { Random } from './random.ts';

export interface Padding {
  /** Query text that makes up what earlier lines lacked; empty when nothing is lacking. */
  fillerFor(lineBytes: number, hasQuery: boolean): string;
  count(line: string): string;
}

/** Creates the filler of one log; lines shorter than the mean are owed to later ones. */
export function createPadding(random: Random, targetLineBytes: number): Padding {
  const prefix = 'utm_source=newsletter&utm_medium=email&gclid=';
  const longest = 400;
  let lacking = 0;
  return {
    fillerFor: (lineBytes, hasQuery) => {
      const wanted = Math.min(longest, lacking + targetLineBytes - lineBytes) - 1;
      if (wanted < prefix.length + 8 || (!hasQuery && random.chance(0.3))) return '';
      let filler = prefix;
      while (filler.length < wanted) filler += random.int(0x7fff_ffff).toString(36);
      return filler.slice(0, Math.floor(wanted));
    },
    count: (line) => {
      lacking += targetLineBytes - line.length;
      return line;
    },
  };
}
