import { severities } from '@sluice/event';

import { isForeignReferer } from './foreign-referer.ts';
import { outcomeOf } from './request-fields.ts';

import type { Severity, Threat } from '@sluice/event';
import type { OwnFinding } from './own-findings.ts';
import type { ThreatRule } from './threat-rule.ts';
import type { RequestFields, Verdict } from './request-fields.ts';

/** One rule that matched in one field. */
export interface Finding {
  readonly threat: Threat;
  readonly score: number;
  /** Its score where the server had no such thing. */
  readonly scoreIfMissing: number;
  /** Its score where a link of another site led here. */
  readonly scoreIfForeign: number;
}

/** A rule's finding in a field; `evidence` is safe to print. */
export function findingOf(
  rule: OwnFinding & Pick<ThreatRule, 'scoreIfMissing' | 'scoreIfForeign'>,
  field: Threat['field'],
  evidence: string,
): Finding {
  const { id, severity, score, scoreIfMissing = score, scoreIfForeign = score } = rule;
  return { threat: Object.freeze({ rule: id, class: rule.class, severity, field, evidence }), score, scoreIfMissing, scoreIfForeign };
}

/** Few do, and looking at hosts costs more than all else here. */
const weighsForeign = ({ score, scoreIfForeign }: Finding): boolean => scoreIfForeign !== score;

const highestClassScore = 10;
const missingStatuses = new Set([400, 403, 404, 405, 410]);

/**
 * Adds findings up: per class the highest score and one more for each further rule of that class, at most 10; the
 * verdict's score is the sum over classes. The same rule in several fields counts once.
 */
export function verdictOf(findings: readonly Finding[], { status, referer, host }: RequestFields): Verdict {
  const missing = status !== null && missingStatuses.has(status);
  const foreign = !missing && findings.some(weighsForeign) && isForeignReferer(referer, host);
  const classes = new Map<string, { highest: number; rules: Set<string> }>();
  let severity: Severity = 'low';
  for (const finding of findings) {
    const { threat } = finding;
    const score = missing ? finding.scoreIfMissing : foreign ? finding.scoreIfForeign : finding.score;
    if (severities.indexOf(threat.severity) > severities.indexOf(severity)) severity = threat.severity;
    const known = classes.get(threat.class);
    if (known === undefined) {
      classes.set(threat.class, { highest: score, rules: new Set([threat.rule]) });
    } else {
      known.highest = Math.max(known.highest, score);
      known.rules.add(threat.rule);
    }
  }
  let total = 0;
  for (const { highest, rules } of classes.values()) total += Math.min(highestClassScore, highest + rules.size - 1);
  return { score: total, severity, threats: weightiestFirst(findings).map((finding) => finding.threat), outcome: outcomeOf(status) };
}

/** What an event shows of a request that matches everything. */
const mostThreats = 12;

function weightiestFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.length === 1 ? findings : findings.toSorted((a, b) => b.score - a.score).slice(0, mostThreats);
}
