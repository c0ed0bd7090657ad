/**
 * What a rules file says once it is read: rules of the user, what is silenced, what weighs otherwise.
 */
import type { AddressRanges } from '../bots/address-ranges.ts';
import type { OwnFindings } from '../own-findings.ts';
import type { ThreatRule } from '../threat-rule.ts';

/** Findings it fits are dropped. Everything that is given has to fit. */
export interface Silence {
  readonly id?: string;
  readonly class?: string;
  /** Start of the path as logged. */
  readonly pathPrefix?: string;
  readonly addresses?: AddressRanges;
}

/** A weight for rules of an id or a class. */
export interface Rescore {
  readonly id?: string;
  readonly class?: string;
  readonly score: number;
}

export interface RulesFile {
  readonly rules: readonly ThreatRule[];
  readonly silences: readonly Silence[];
  readonly rescores: readonly Rescore[];
}

export interface RulesFileError {
  /** 1-based. */
  readonly line: number;
  /** `rules[2].severity`. */
  readonly path: string;
  readonly message: string;
}

/** The rules in force: ours with their weights changed, then the user's. */
export function applyRulesFile(rules: readonly ThreatRule[], file: RulesFile): readonly ThreatRule[] {
  return [...rules, ...file.rules].map((rule) => reweighed(rule, file.rescores));
}

/** How findings are told that no rule makes, with their weights changed. */
export function applyToOwn({ flooding, falseBot }: OwnFindings, file: RulesFile): OwnFindings {
  return { flooding: reweighed(flooding, file.rescores), falseBot: reweighed(falseBot, file.rescores) };
}

/** The rule with the weight of the last entry that is for it. */
function reweighed<R extends Pick<ThreatRule, 'id' | 'class' | 'score' | 'scoreIfMissing' | 'scoreIfForeign'>>(
  rule: R,
  rescores: readonly Rescore[],
): R {
  const found = rescores.findLast(({ id, class: name }) => (id ?? rule.id) === rule.id && (name ?? rule.class) === rule.class);
  if (found === undefined) return rule;
  const { score } = found;
  const { scoreIfMissing, scoreIfForeign } = rule;
  return {
    ...rule,
    score,
    ...(scoreIfMissing === undefined ? {} : { scoreIfMissing: Math.max(scoreIfMissing, score) }),
    ...(scoreIfForeign === undefined ? {} : { scoreIfForeign: score }),
  };
}
