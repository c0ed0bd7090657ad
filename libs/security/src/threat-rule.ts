/**
 * A rule as data: what it looks for, how bad that is, and the examples that prove it.
 */
import type { Severity } from '@sluice/event';

/** Event fields that are inspected, by the names they have in the event. */
export const inspectedFields = ['path', 'query', 'request', 'referer', 'user_agent', 'user'] as const;
export type InspectedField = (typeof inspectedFields)[number];

/** A value as logged, and where it stood. */
export interface Example {
  readonly field: InspectedField;
  readonly text: string;
}

export interface ThreatRule {
  readonly id: string;
  readonly class: string;
  readonly severity: Severity;
  /** Weight of a finding; `alertScore` and more alerts by itself. */
  readonly score: number;
  /** One sentence for people. */
  readonly title: string;
  /** Weakness and technique: CWE, ATT&CK. */
  readonly refs: readonly string[];
  /** Lower-case. Every decoded text that matches contains one of them: they are looked for first. */
  readonly literals: readonly string[];
  /**
   * Where a decoded text matches, -1 when it does not.
   * Invariant: time linear in the text, whatever it holds.
   */
  readonly find: (text: string, field: InspectedField) => number;
  readonly matches: readonly Example[];
  /** Close to a match, and honest. */
  readonly honest: readonly Example[];
}
