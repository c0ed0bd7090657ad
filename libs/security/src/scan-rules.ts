/**
 * One pass over a text finds the literals of all rules; each rule is asked only where one of its literals stands.
 */
import { createLiteralMatcher } from './aho-corasick.ts';

import { inspectedFields } from './threat-rule.ts';

import type { Subject } from './subject.ts';
import type { InspectedField, ThreatRule, View } from './threat-rule.ts';

/** A rule and the index at which it matched. */
export type OnMatch = (rule: ThreatRule, at: number) => void;

export interface RuleScanner {
  /** Asks the rules of one view about a text, which is `subject.text` or the view made of it. */
  scan(text: string, subject: Subject, onMatch: OnMatch): void;
}

/** Builds the scanner of one view. */
export function createRuleScanner(allRules: readonly ThreatRule[], view: View): RuleScanner {
  const rules = allRules.filter((rule) => (rule.view ?? 'text') === view);
  const literals = [...new Set(rules.flatMap((rule) => rule.literals))];
  const matcher = createLiteralMatcher(literals);
  const wanted = literals.map((literal) => rules.flatMap((rule, index) => (rule.literals.includes(literal) ? [index] : [])));
  // A rule is done with a text once it matched, or once it was noted to be asked about the whole.
  const doneIn = new Uint32Array(rules.length);
  const fieldsOf = Uint8Array.from(rules, ({ fields = inspectedFields }) => fields.reduce((mask, field) => mask | bitOf(field), 0));
  // Long patterns try more before they give up.
  const prices = rules.map(({ pattern }) => (pattern === undefined ? 1 : 2 + (pattern.source.length >> 5)));
  const always = rules.flatMap((rule, index) => (rule.literals.length === 0 ? [index] : []));
  let round = 0;
  const pending: number[] = [];

  return {
    scan: (text, subject, onMatch) => {
      const { budget } = subject;
      const field = bitOf(subject.field);
      round = (round + 1) >>> 0;
      pending.length = 0;
      matcher.search(text, (literal, end) => {
        for (const index of wanted[literal] ?? []) {
          if (doneIn[index] === round || ((fieldsOf[index] ?? 0) & field) === 0) continue;
          const rule = rules[index];
          if (rule === undefined) continue;
          const start = end - (literals[literal]?.length ?? 0);
          if (rule.find !== undefined) {
            doneIn[index] = round;
            pending.push(index);
          } else if (budget.left > 0) {
            budget.left -= prices[index] ?? 1;
            if (rule.pattern !== undefined) {
              rule.pattern.lastIndex = start;
              if (!rule.pattern.test(text)) continue;
            }
            doneIn[index] = round;
            onMatch(rule, start);
          }
        }
      });
      for (const index of always) if (rules[index]?.fields?.includes(subject.field) === true) pending.push(index);
      for (const index of pending) {
        const rule = rules[index];
        const at = rule?.find?.(subject) ?? -1;
        if (rule !== undefined && at >= 0) onMatch(rule, at);
      }
    },
  };
}

function bitOf(field: InspectedField): number {
  return 1 << inspectedFields.indexOf(field);
}
