/**
 * Which index an event belongs to, from its own time, so that writing it again finds it there: `create` refuses an id
 * within one index only. ADR 8 says what that means.
 *
 *   daily `web_logs-2026.11.22` · monthly `web_logs-2026.11` · none `web_logs-all` · without a usable time `web_logs-undated`
 */
import type { Clock } from '@sluice/ports';
import type { ElasticsearchConfig } from '@sluice/config';

type IndexPeriod = ElasticsearchConfig['index_period'];

export interface IndexNames {
  /** What readers search. */
  readonly alias: string;
  readonly deadLetters: string;
  /** Patterns that our indices match, for templates and for requests about all of them. */
  readonly patterns: readonly string[];
  /** The index of an event with this time; the same for the same time, whatever the day (see `maxAheadMs`). */
  ofTime(timestamp: string | null): string;
  /** Indices that events of now go to. */
  current(): string[];
  /** When the last event an index may hold ends, ms since the epoch; null for a name that is not ours or has no period. */
  endOf(index: string): number | null;
}

/**
 * Times are text from a log: a time before 1990, or further ahead of the clock than this, names no index. Days between
 * still make one each; for an archive of many years `monthly` is the period.
 */
const maxAheadMs = 2 * 86_400_000;
const firstYear = 1990;
const firstDay = `${firstYear}-01-01`;
/** Days remembered; a year of them and more. */
const maxRemembered = 1000;

/** Builds the names of the alias `alias`. Cost of `ofTime`: one look-up. */
export function createIndexNames(alias: string, period: IndexPeriod, clock: Clock): IndexNames {
  const undated = `${alias}-undated`;
  const all = `${alias}-all`;
  const remembered = new Map<string, string>();

  const ofDay = (day: string): string => {
    // The same name for as long as the process runs, also for a day that was too far ahead at first.
    const known = remembered.get(day);
    if (known !== undefined) return known;
    if (remembered.size >= maxRemembered) remembered.clear();
    const name = isUsable(day, clock.now()) ? `${alias}-${(period === 'daily' ? day : day.slice(0, 7)).replaceAll('-', '.')}` : undated;
    remembered.set(day, name);
    return name;
  };
  const ofTime = (timestamp: string | null): string => {
    if (period === 'none') return all;
    return timestamp === null ? undated : ofDay(timestamp.slice(0, 10));
  };

  return {
    alias,
    deadLetters: `sluice-dead-letters-${alias}`,
    patterns: [`${alias}-19*`, `${alias}-20*`, undated, all],
    ofTime,
    current: () => (period === 'none' ? [all] : [ofTime(new Date(clock.now()).toISOString()), undated]),
    endOf: (index) => (index.startsWith(`${alias}-`) ? endOfPeriod(index.slice(alias.length + 1)) : null),
  };
}

function isUsable(day: string, nowMs: number): boolean {
  return isCalendarDay(day) && day >= firstDay && Date.parse(day) <= nowMs + maxAheadMs;
}

/** JavaScript takes 31 February for a day in March. */
function isCalendarDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const atMs = Date.parse(day);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
}

/** `2026.11.22` or `2026.11`, and nothing else. */
function endOfPeriod(period: string): number | null {
  const [year = '', month = '', day, ...rest] = period.split('.');
  if (rest.length > 0 || Number(year) < firstYear || !isCalendarDay(`${year}-${month}-${day ?? '01'}`)) return null;
  return day === undefined ? Date.UTC(Number(year), Number(month), 1) : Date.UTC(Number(year), Number(month) - 1, Number(day) + 1);
}
