import type { Span, Subject } from './subject.ts';

/**
 * Where a sticky pattern matches at the start of a value, -1 when it does not. `name`, where given, is tested on the
 * name of the parameter.
 */
export function findAtValueStart({ text, spans }: Subject, pattern: RegExp, nameFits?: (name: string) => boolean): number {
  for (const [index, { start, kind }] of spans.entries()) {
    if (kind === 'name') continue;
    if (nameFits !== undefined && !nameFits(nameBefore(text, spans, index))) continue;
    pattern.lastIndex = start;
    if (pattern.test(text)) return start;
  }
  return -1;
}

/** The name of the parameter whose value this is, empty where there is none. */
function nameBefore(text: string, spans: readonly Span[], index: number): string {
  const before = spans[index - 1];
  return before?.kind === 'name' ? text.slice(before.start, before.end) : '';
}
