/**
 * Findings that no pattern makes. A rules file silences and weighs them as it does rules.
 */
import type { ThreatRule } from './threat-rule.ts';

export type OwnFinding = Pick<ThreatRule, 'id' | 'class' | 'severity' | 'score' | 'title'>;

export type OwnFindings = Readonly<Record<'flooding' | 'falseBot', OwnFinding>>;

export const ownFindings: OwnFindings = {
  /** A request that spent all that looking at it may cost. */
  flooding: {
    id: 'PROTO-000',
    class: 'protocol',
    severity: 'medium',
    score: 5,
    title: 'So many signs of attacks that looking further was given up.',
  },
  /** Told by address ranges or DNS, not by the request. */
  falseBot: {
    id: 'BOT-001',
    class: 'false-bot',
    severity: 'medium',
    score: 5,
    title: 'A client that says it is a bot whose operator does not have its address.',
  },
};
