/**
 * A rule as data: what it looks for, how bad that is, and the examples that prove it.
 */
import type { Severity } from '@sluice/event';
import type { Subject } from './subject.ts';

/** Event fields that are inspected, by the names they have in the event. */
export const inspectedFields = ['path', 'query', 'request', 'referer', 'user_agent', 'user', 'method'] as const;
export type InspectedField = (typeof inspectedFields)[number];

/** A value as logged, and where it stood. */
export interface Example {
  readonly field: InspectedField;
  readonly text: string;
}

/**
 * Which form of a field a rule reads: the decoded text; that text without what shells ignore (quotes, backslashes,
 * carets, empty variables); or the field as logged.
 */
export type View = 'text' | 'shell' | 'raw';

export interface ThreatRule {
  readonly id: string;
  readonly class: string;
  readonly severity: Severity;
  /** Weight of a finding; `alertScore` and more alerts by itself. */
  readonly score: number;
  /** Weight instead, where the server answered that it has no such thing (400, 403, 404, 405, 410). */
  readonly scoreIfMissing?: number;
  /** Weight instead, where the log names its host and a link of another site led here. */
  readonly scoreIfForeign?: number;
  /** One sentence for people. */
  readonly title: string;
  /** Weakness, technique and, where it is about one hole, vulnerability: `CWE-89`, `T1190`, `CVE-2021-44228`. */
  readonly refs: readonly string[];
  /** Left out: all fields. */
  readonly fields?: readonly InspectedField[];
  /** Left out: `text`. */
  readonly view?: View;
  /**
   * Lower-case ASCII. Every matching text contains one of them: they are looked for first, all rules' at once. Empty
   * only for `find` on fields that ordinary requests do not have (`request`, `method`): it is always asked.
   */
  readonly literals: readonly string[];
  /**
   * Sticky; tried where a literal starts. It looks back only with a lookbehind of fixed length, and ahead a bounded way.
   * Without `pattern` and `find` the literal itself is the finding.
   */
  readonly pattern?: RegExp;
  /**
   * Looks at a field that holds a literal as a whole instead. Where it matches, -1 when it does not.
   * Invariant: time linear in the text, whatever it holds.
   */
  readonly find?: (subject: Subject) => number;
  readonly matches: readonly Example[];
  /** Close to a match, and honest. */
  readonly honest: readonly Example[];
}

/** Checks a table of rules while its literal types are written; changes nothing. */
export function defineRules<const T extends readonly ThreatRule[]>(rules: T): T {
  return rules;
}

/** Examples of one field, written as a list of texts. */
export function inField(field: InspectedField, ...texts: readonly string[]): Example[] {
  return texts.map((text) => ({ field, text }));
}
