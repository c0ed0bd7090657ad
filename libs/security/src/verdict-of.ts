import { severities } from '@sluice/event';

import type { Severity, Threat, ThreatOutcome } from '@sluice/event';
import type { Verdict } from './request-fields.ts';

/** One rule that matched in one field. */
export interface Finding {
  readonly threat: Threat;
  readonly score: number;
}

const highestClassScore = 10;

/**
 * Adds findings up: per class the highest score and one more for each further rule of that class, at most 10; the
 * verdict's score is the sum over classes. The same rule in several fields counts once.
 */
export function verdictOf(findings: readonly Finding[], outcome: ThreatOutcome): Verdict {
  const classes = new Map<string, { highest: number; rules: Set<string> }>();
  let severity: Severity = 'low';
  for (const { threat, score } of findings) {
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
  return { score: total, severity, threats: findings.map((finding) => finding.threat), outcome };
}
