/**
 * `%t`: `[22/Nov/2026:13:55:36 +0000]`.
 */
import { createIsoWriter, digitsAt, epochOfDate, monthAt, zoneAt } from './iso-time.ts';

/** Characters of the time with its brackets. */
export const clfTimeLength = 28;

/**
 * Creates the reader of the time at a position of a line; it returns ISO 8601 UTC, or null when no valid time stands there.
 *
 * A leap second (`:60`) counts as `:59`: no store takes it otherwise. Dates that do not exist are refused.
 * Cost: 30 ns for a line of the same second as the one before, about 100 ns for one of the same day.
 */
export function createClfTimeReader(): (line: string, at: number) => string | null {
  const toIso = createIsoWriter();
  let lastText = 'none'; // never equal to what a line holds, not even the empty rest of a cut one
  let lastIso = '';
  let dateText = '';
  let zoneText = '';
  let midnight = 0;
  return (line, at) => {
    const text = line.slice(at, at + clfTimeLength);
    if (text === lastText) return lastIso;
    if (!hasClfShape(text)) return null;
    const date = text.slice(1, 12);
    const zone = text.slice(22, 27);
    if (date !== dateText || zone !== zoneText) {
      const start = epochOfDate(digitsAt(text, 8, 4), monthAt(text, 4), digitsAt(text, 1, 2)) - zoneAt(text, 22);
      if (Number.isNaN(start)) return null;
      midnight = start;
      dateText = date;
      zoneText = zone;
    }
    const seconds = secondOfDay(digitsAt(text, 13, 2), digitsAt(text, 16, 2), digitsAt(text, 19, 2));
    const iso = seconds < 0 ? null : toIso(midnight + seconds, '');
    if (iso === null) return null;
    lastText = text;
    lastIso = iso;
    return iso;
  };
}

function hasClfShape(text: string): boolean {
  return (
    text.length === clfTimeLength &&
    text.charCodeAt(0) === 91 &&
    text.charCodeAt(3) === 47 &&
    text.charCodeAt(7) === 47 &&
    text.charCodeAt(12) === 58 &&
    text.charCodeAt(15) === 58 &&
    text.charCodeAt(18) === 58 &&
    text.charCodeAt(21) === 32 &&
    text.charCodeAt(25) !== 58 &&
    text.charCodeAt(27) === 93
  );
}

/** Seconds since midnight, -1 for an impossible time; -1 for a part means that it was no number. */
export function secondOfDay(hour: number, minute: number, second: number): number {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  return hour * 3600 + minute * 60 + Math.min(second, 59);
}
