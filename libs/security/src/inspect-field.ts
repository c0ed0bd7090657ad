/** Shows one field to the rules, in each of the forms that rules read. */
import { createLiteralMatcher } from './aho-corasick.ts';
import { createTextDecoder, longestText, noQuery } from './decode/decode-text.ts';
import { evidenceOf } from './evidence-of.ts';
import { createRuleScanner } from './scan-rules.ts';
import { shellTricks, shellViewOf } from './shell-view.ts';
import { spansOf, stepsPerRequest } from './subject.ts';
import { findingOf } from './verdict-of.ts';

import type { LiteralMatcher } from './aho-corasick.ts';
import type { Budget, Subject } from './subject.ts';
import type { InspectedField, ThreatRule } from './threat-rule.ts';
import type { OwnFinding } from './own-findings.ts';
import type { Finding } from './verdict-of.ts';

export interface FieldInspector {
  /** False only if no rule can match: nothing is encoded, and no literal is there that a rule for such a field has. */
  isSuspicious(field: GatedField, text: string): boolean;
  /** `shownAs` names the event's field where that is not the one whose rules apply. */
  inspect(field: InspectedField, raw: string, queryStart: number, shownAs?: InspectedField): readonly Finding[];
}

/** Fields that ordinary requests have; `target` is path and query. */
export type GatedField = 'path' | 'target' | 'referer' | 'user_agent' | 'user';

const nothing: readonly Finding[] = Object.freeze([]);

/** What decoding may change: escapes of all kinds, blanks in a query, anything but printable ASCII. */
const encoded = /[%+\\]|&(?:#|[a-z]{2,8};)|[^ -~]/i;
/** The same, and what a shell takes off. */
const disguised = /[%+\\'"^`$]|&(?:#|[a-z]{2,8};)|[^ -~]/i;

/** In a user agent `+` is a plus. */
const disguisedAgent = /[%\\'"^`$]|&(?:#|[a-z]{2,8};)|[^ -~]/i;

/** `flooding` is how a request that spends all its budget is told. */
export function createFieldInspector(rules: readonly ThreatRule[], flooding: OwnFinding): FieldInspector {
  const decode = createTextDecoder();
  const gates: Record<GatedField, LiteralMatcher> = {
    path: gateOf(rules, 'path'),
    target: gateOf(rules, 'path', 'query'),
    referer: gateOf(rules, 'referer'),
    user_agent: gateOf(rules, 'user_agent'),
    user: gateOf(rules, 'user'),
  };
  const textScanner = createRuleScanner(rules, 'text');
  const shellScanner = createRuleScanner(rules, 'shell');
  const rawScanner = createRuleScanner(rules, 'raw');
  const nameScanner = rules.some((rule) => rule.view === 'raw') ? rawScanner : null;

  return {
    isSuspicious: (field, text) => (field === 'user_agent' ? disguisedAgent : disguised).test(text) || gates[field].some(text),
    inspect: (field, raw, queryStart, shownAs = field) => {
      const isEncoded = encoded.test(raw) || raw.length > longestText;
      const decoded = isEncoded || queryStart !== noQuery ? decode(raw, queryStart) : { text: raw.toLowerCase(), marks: [] };
      const { text } = decoded;
      const start = queryStart === noQuery ? text.length : queryStartIn(text, field);
      const budget: Budget = { left: stepsPerRequest };
      const subject: Subject = { field, raw, text, queryStart: start, spans: spansOf(field, text, decoded.marks, start), budget };
      let findings: Finding[] | undefined;
      const noteIn =
        (shown: string) =>
        (rule: ThreatRule, at: number): void => {
          if (findings?.some((known) => known.threat.rule === rule.id) === true) return;
          (findings ??= []).push(findingOf(rule, shownAs, evidenceOf(shown, at)));
        };
      if (isEncoded && nameScanner !== null) nameScanner.scan(raw, subject, noteIn(raw));
      textScanner.scan(text, subject, noteIn(text));
      const shell = shellTricks.test(text) ? shellViewOf(text) : text;
      if (shell !== text) shellScanner.scan(shell, subject, noteIn(shell));
      if (budget.left <= 0) (findings ??= []).push(findingOf(flooding, shownAs, evidenceOf(text, 0)));
      return findings ?? nothing;
    },
  };
}

function queryStartIn(text: string, field: InspectedField): number {
  return field === 'query' ? 0 : text.indexOf('?') + 1;
}

/** Finds any literal of the rules for these fields. User agents are full of brackets and semicolons: alone these are no sign there. */
function gateOf(rules: readonly ThreatRule[], ...fields: readonly InspectedField[]): LiteralMatcher {
  const literals = rules
    .filter((rule) => rule.view !== 'raw' && (rule.fields === undefined || rule.fields.some((field) => fields.includes(field))))
    .flatMap((rule) => rule.literals);
  return createLiteralMatcher([...new Set(literals)].filter((literal) => !fields.includes('user_agent') || (literal !== ';' && literal !== '(')));
}
