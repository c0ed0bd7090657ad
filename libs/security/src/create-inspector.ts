/**
 * The detector: request fields in, verdict out, by a table of rules.
 *
 * Ordinary requests meet one regex per field (the gate) and nothing else. What passes the gate is decoded and shown
 * to the rules; what was found in a target is remembered, because a scan asks for the same targets again and again.
 */
import { createBoundedCache } from './bounded-cache.ts';
import { createTextDecoder, noQuery } from './decode-text.ts';
import { evidenceOf } from './evidence-of.ts';
import { honestVerdict, outcomeOf } from './request-fields.ts';
import { verdictOf } from './verdict-of.ts';

import type { CacheStats } from '@sluice/ports';
import type { RequestFields, Verdict } from './request-fields.ts';
import type { InspectedField, ThreatRule } from './threat-rule.ts';
import type { Finding } from './verdict-of.ts';

export interface InspectorConfig {
  /** Suspicious targets whose findings are remembered. */
  readonly targetCache: number;
}

export interface Inspector {
  /**
   * What one request tells.
   *
   * Invariant: depends on its argument alone; `ip`, `method`, `protocol` and `bytes` are for rules to come.
   * Errors: none; never throws, whatever the fields hold.
   * Cost: 0.2 us for ordinary requests, which all get the same frozen verdict; a few us for suspicious ones; under
   * 1 ms for 8 KiB of anything.
   */
  inspect(fields: RequestFields): Verdict;
  cacheStats(): CacheStats;
}

const nothing: readonly Finding[] = Object.freeze([]);

/** Builds an inspector for these rules. */
export function createInspector(rules: readonly ThreatRule[], config: InspectorConfig): Inspector {
  const gate = buildGate(rules);
  const decode = createTextDecoder();
  const targets = createBoundedCache<string, readonly Finding[]>(config.targetCache);

  const inspectText = (field: InspectedField, raw: string, queryStart: number): readonly Finding[] => {
    const text = decode(raw, queryStart);
    let findings: Finding[] | undefined;
    for (const rule of rules) {
      if (!containsAny(text, rule.literals)) continue;
      const at = rule.find(text, field);
      if (at < 0) continue;
      const { id, severity, score } = rule;
      (findings ??= []).push({ threat: Object.freeze({ rule: id, class: rule.class, severity, field, evidence: evidenceOf(text, at) }), score });
    }
    return findings ?? nothing;
  };

  const inspectTarget = (target: string): readonly Finding[] => {
    const remembered = targets.get(target);
    if (remembered !== undefined) return remembered;
    const mark = target.indexOf('?');
    const inPath = inspectText('path', mark < 0 ? target : target.slice(0, mark), noQuery);
    const inQuery = mark < 0 ? nothing : inspectText('query', target.slice(mark + 1), 0);
    const findings = join(inPath, inQuery);
    targets.set(target, findings);
    return findings;
  };

  return {
    inspect: ({ target, referer, userAgent, user, raw, status }) => {
      let findings = nothing;
      if (target !== null && gate.test(target)) findings = inspectTarget(target);
      if (referer !== null && gate.test(referer)) findings = join(findings, inspectText('referer', referer, queryStartOf(referer)));
      if (userAgent !== null && gate.test(userAgent)) findings = join(findings, inspectText('user_agent', userAgent, noQuery));
      if (user !== null && gate.test(user)) findings = join(findings, inspectText('user', user, noQuery));
      if (raw !== null && gate.test(raw)) findings = join(findings, inspectText('request', raw, queryStartOf(raw)));
      return findings.length === 0 ? honestVerdict : verdictOf(findings, outcomeOf(status));
    },
    cacheStats: () => targets.stats(),
  };
}

/**
 * One regex that passes every text a rule could match: its literals, and whatever decoding could turn into them.
 * One alternation costs less than a look for each of its words (215 against 350 ns a line for an automaton in JavaScript).
 */
function buildGate(rules: readonly ThreatRule[]): RegExp {
  const encoded = ['%', '&#', '&[lg]t;', '\\0', '[\\uff01-\\uff5e]', '[\\u00c0\\u00c1][\\u0080-\\u00bf]'];
  const literals = new Set(rules.flatMap((rule) => rule.literals));
  // eslint-disable-next-line security/detect-non-literal-regexp -- built once from our own table, literals only
  return new RegExp([...encoded, ...[...literals].map((literal) => RegExp.escape(literal))].join('|'), 'i');
}

function containsAny(text: string, literals: readonly string[]): boolean {
  for (const literal of literals) if (text.includes(literal)) return true;
  return false;
}

function queryStartOf(text: string): number {
  const mark = text.indexOf('?');
  return mark < 0 ? noQuery : mark + 1;
}

function join(left: readonly Finding[], right: readonly Finding[]): readonly Finding[] {
  if (right.length === 0) return left;
  return left.length === 0 ? right : [...left, ...right];
}
