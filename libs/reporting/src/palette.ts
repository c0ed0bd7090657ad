/**
 * The few styles of the terminal output. Without colour every style is the text itself.
 */
export interface Palette {
  readonly heading: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bar: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

const escape = '\u001b[';
const style = (code: number) => (text: string) => (text === '' ? '' : `${escape}${code}m${text}${escape}0m`);
const plain = (text: string): string => text;

const colored: Palette = { heading: style(1), dim: style(2), bar: style(36), good: style(32), warning: style(33), bad: style(31) };
const uncolored: Palette = { heading: plain, dim: plain, bar: plain, good: plain, warning: plain, bad: plain };

/** The styles; whether a terminal wants colour (NO_COLOR, not a terminal) is for the caller to know. */
export function choosePalette(color: boolean): Palette {
  return color ? colored : uncolored;
}
