import { ownCopy } from './own-copy.ts';

const longest = 120;
const before = 30;

/** Controls, line separators, invisible marks and those that turn the direction of text: none of them may reach a terminal or a page. */
const harmful = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** At most 120 characters of the decoded text around a finding, safe to print. */
export function evidenceOf(text: string, at: number): string {
  const start = Math.max(0, at - before);
  // A pair of surrogates cut in two would not survive UTF-8.
  return ownCopy(
    text
      .slice(start, start + longest)
      .replace(harmful, ' ')
      .toWellFormed()
      .trim(),
  );
}
