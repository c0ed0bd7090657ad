/**
 * Numbers of a line. `undefined`: not a number of that kind, the line is refused; null: logged as `-`.
 */
const dash = 45;

/** A whole number from 0 to 2^53 - 1. */
export function readCount(line: string, start: number, end: number): number | null | undefined {
  if (end - start === 1 && line.charCodeAt(start) === dash) return null;
  if (end <= start) return undefined;
  let value = 0;
  for (let i = start; i < end; i++) {
    const code = line.charCodeAt(i);
    if (!(code >= 48 && code <= 57)) return undefined; // NaN beyond the end of the line too
    value = value * 10 + (code - 48);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}

/** A TCP port. */
export function readPort(line: string, start: number, end: number): number | null | undefined {
  const value = readCount(line, start, end);
  return typeof value === 'number' && value > 65_535 ? undefined : value;
}

/** Exactly three digits, 100 to 999. */
export function readStatus(line: string, start: number, end: number): number | null | undefined {
  if (end - start === 1 && line.charCodeAt(start) === dash) return null;
  if (end - start !== 3 || line.charCodeAt(start) === 48) return undefined;
  return readCount(line, start, end) ?? undefined;
}

/**
 * A duration, in the unit of its directive; a decimal fraction is fine. Null for `-` and for what a clock that
 * was set back makes of it: a negative number.
 */
export function readDuration(line: string, start: number, end: number): number | null | undefined {
  const negative = line.charCodeAt(start) === dash;
  if (negative && end - start === 1) return null;
  const from = negative ? start + 1 : start;
  const point = line.indexOf('.', from);
  const wholeEnd = point < 0 || point >= end ? end : point;
  const whole = readCount(line, from, wholeEnd);
  if (whole === undefined || whole === null) return undefined;
  if (wholeEnd === end) return negative ? null : whole;
  if (end - point > 10 || typeof readCount(line, point + 1, end) !== 'number') return undefined;
  return negative ? null : Number(line.slice(from, end));
}
