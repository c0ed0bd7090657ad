/**
 * What the detector is asked about, and what it answers.
 */
import type { Severity, Threat, ThreatOutcome } from '@sluice/event';

/** One request as logged, log escapes undone. All of it is hostile text; null where the line has no such field. */
export interface RequestFields {
  readonly ip: string | null;
  readonly user: string | null;
  readonly method: string | null;
  /** Path and query, `/a?b=c`, percent-encoding untouched. */
  readonly target: string | null;
  readonly protocol: string | null;
  readonly status: number | null;
  readonly bytes: number | null;
  readonly referer: string | null;
  /** Of the site, where the log has it (`%v`). */
  readonly host: string | null;
  readonly userAgent: string | null;
  /** The request line where it is not method, target, protocol. */
  readonly raw: string | null;
}

/** The answer for one request. A request with a score of `alertScore` or more is an attack. */
export interface Verdict {
  /** Sum over the classes of attack found; 0 when nothing was. */
  readonly score: number;
  /** The highest severity among the threats. */
  readonly severity: Severity | null;
  readonly threats: readonly Threat[];
  /** How the server answered: by status alone, so `succeeded` means "answered 2xx". */
  readonly outcome: ThreatOutcome;
}

/** From this score on a request counts as an attack; below, threats are notes. */
export const alertScore = 5;

/** What every honest request gets: one object, so that ordinary traffic allocates nothing. */
export const honestVerdict: Verdict = Object.freeze({ score: 0, severity: null, threats: Object.freeze([]), outcome: 'unknown' });

/** True when the request counts as an attack. */
export function isAttack(verdict: Verdict): boolean {
  return verdict.score >= alertScore;
}

/** 2xx: the server served it; 4xx, 5xx: it did not; redirects, 1xx and no status tell nothing. */
export function outcomeOf(status: number | null): ThreatOutcome {
  if (status === null || status < 200) return 'unknown';
  if (status < 300) return 'succeeded';
  return status >= 400 ? 'failed' : 'unknown';
}
