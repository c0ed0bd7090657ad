/**
 * One field of a request as rules see it: decoded text, and the parts of it that a server would take for one value.
 */
import type { InspectedField } from './threat-rule.ts';

/** A piece of the text that ends up as one value: a parameter's name, its value, or the whole field. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: 'name' | 'value' | 'whole';
}

/**
 * How much more work a request may cause, in steps of about 0.1 us: what bounds the time of a line made of nothing but what rules
 * look for. Once it is spent, that is the finding.
 */
export interface Budget {
  left: number;
}

/** Honest requests spend a few dozen. */
export const stepsPerRequest = 2000;

export interface Subject {
  readonly field: InspectedField;
  /** As logged. */
  readonly raw: string;
  /** Decoded, lower case; see `decode-text.ts`. */
  readonly text: string;
  /** Where the query starts in `text`: 0 for a query, its length for a path. */
  readonly queryStart: number;
  readonly spans: readonly Span[];
  /** What may still be spent on this request; rules that look at every value pay for each. */
  readonly budget: Budget;
}

/** Cuts a decoded text into its spans. `marks` are those of the decoder. */
export function spansOf(field: InspectedField, text: string, marks: readonly number[], queryStart: number): readonly Span[] {
  if (field !== 'query' && queryStart >= text.length) {
    const whole: Span = { start: 0, end: text.length, kind: 'whole' };
    const last = field === 'path' ? text.lastIndexOf('/') + 1 : 0;
    // A last segment of plain words is a title, `/blog/select-from-where`.
    return last > 1 && /['"`(; ]/.test(text.slice(last, last + 512)) ? [whole, { start: last, end: text.length, kind: 'whole' }] : [whole];
  }
  const spans: Span[] = [];
  if (queryStart > 0) spans.push({ start: 0, end: queryStart, kind: 'whole' });
  let start = queryStart;
  let equals = -1;
  const close = (end: number): void => {
    if (equals >= 0) {
      if (equals > start) spans.push({ start, end: equals, kind: 'name' });
      if (end > equals + 1) spans.push({ start: equals + 1, end, kind: 'value' });
    } else if (end > start) spans.push({ start, end, kind: 'value' });
  };
  for (const mark of marks) {
    if (mark < 0) {
      if (~mark >= queryStart) equals = ~mark;
    } else if (mark >= queryStart) {
      close(mark);
      start = mark + 1;
      equals = -1;
    }
  }
  close(text.length);
  return spans;
}
