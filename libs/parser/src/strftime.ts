/**
 * `%{format}t`: strftime formats, and httpd's own `sec`, `msec`, `usec`, `msec_frac`, `usec_frac`,
 * compiled to steps that read a line. httpd formats times in the C locale, so names are English.
 * Source: mod_log_config documentation, POSIX strftime.
 */
import { digitsAt, monthAt, zoneAt } from './iso-time.ts';

import type { TimeParts } from './time-parts.ts';

/** Reads at a position, fills parts, returns the position after it; -1 when something else stands there. */
export type TimeStep = (line: string, at: number, parts: TimeParts) => number;

type NumberPart = 'year' | 'century' | 'yearOfCentury' | 'month' | 'day' | 'dayOfYear' | 'hour' | 'hour12' | 'minute' | 'second';

/**
 * Compiles what stands in the braces, without `begin:` or `end:`.
 *
 * `fixedWidth`: another time of digits follows without anything between, so seconds since the epoch have ten digits.
 * Errors: returns the conversion that is not supported, with its `%`.
 */
export function compileTimeFormat(format: string, fixedWidth: boolean): TimeStep | string {
  const whole = wholeTimes(fixedWidth).get(format);
  if (whole !== undefined) return whole;
  const steps: TimeStep[] = [];
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      steps.push(literal(format[i] ?? ''));
      continue;
    }
    i++;
    if (format[i] === 'E' || format[i] === 'O') i++; // alternative forms, the same in the C locale
    const letter = format[i] ?? '';
    const step = conversions.get(letter);
    if (step === undefined) return `%${letter}`;
    steps.push(step);
  }
  return sequence(steps);
}

function wholeTimes(fixedWidth: boolean): ReadonlyMap<string, TimeStep> {
  return new Map<string, TimeStep>([
    ['sec', epoch(0, fixedWidth)],
    ['msec', epoch(3, fixedWidth)],
    ['usec', epoch(6, fixedWidth)],
    ['msec_frac', fraction(3)],
    ['usec_frac', fraction(6)],
  ]);
}

/** `[%d/%b/%Y:%H:%M:%S %z]`, what `%t` writes. */
export const clfTimeFormat = '[%d/%b/%Y:%H:%M:%S %z]';

function sequence(steps: readonly TimeStep[]): TimeStep {
  return (line, at, parts) => {
    let position = at;
    for (const step of steps) {
      position = step(line, position, parts);
      if (position < 0) return -1;
    }
    return position;
  };
}

function literal(text: string): TimeStep {
  return (line, at) => (line.startsWith(text, at) ? at + text.length : -1);
}

function number(part: NumberPart, width: number, padded = false): TimeStep {
  return (line, at, parts) => {
    const blanks = padded && line.charCodeAt(at) === 32 ? 1 : 0;
    const value = digitsAt(line, at + blanks, width - blanks);
    parts[part] = value;
    return value < 0 ? -1 : at + width;
  };
}

/** Digits that say nothing about the time we want (week numbers, weekday numbers). */
function ignoredDigits(width: number): TimeStep {
  return (line, at) => (digitsAt(line, at, width) < 0 ? -1 : at + width);
}

function fraction(width: 3 | 6): TimeStep {
  return (line, at, parts) => {
    if (digitsAt(line, at, width) < 0) return -1;
    parts.addFraction(line.slice(at, at + width));
    return at + width;
  };
}

const maxEpochDigits = 12;

/** Seconds since the epoch with `decimals` more digits and no point. */
function epoch(decimals: 0 | 3 | 6, fixedWidth: boolean): TimeStep {
  return (line, at, parts) => {
    let end = at;
    const limit = at + (fixedWidth ? 10 : maxEpochDigits) + decimals;
    while (end < limit && digitsAt(line, end, 1) >= 0) end++;
    const length = end - at;
    if (length <= decimals) return readEarly(line, at, end, decimals, parts);
    parts.epochSeconds = digitsAt(line, at, length - decimals);
    if (decimals > 0) parts.addFraction(line.slice(end - decimals, end));
    return end;
  };
}

/** Within the first second of 1970, where fewer digits are written. */
function readEarly(line: string, at: number, end: number, decimals: 0 | 3 | 6, parts: TimeParts): number {
  if (end === at) return -1;
  parts.epochSeconds = 0;
  parts.addFraction(line.slice(at, end).padStart(decimals, '0'));
  return end;
}

const fullMonths = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const fullDays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const shortDays = fullDays.map((name) => name.slice(0, 3));

/** The longest of the names that stands at the position. */
function oneOf(names: readonly string[], found: (index: number, parts: TimeParts) => void): TimeStep {
  const order = names.map((name, index) => ({ name, index })).sort((a, b) => b.name.length - a.name.length);
  return (line, at, parts) => {
    for (const { name, index } of order) {
      if (line.startsWith(name, at)) {
        found(index, parts);
        return at + name.length;
      }
    }
    return -1;
  };
}

const ignore = (): void => undefined;

const zoneOffset: TimeStep = (line, at, parts) => {
  if (line.charCodeAt(at) === 90) return at + 1;
  const seconds = zoneAt(line, at);
  if (Number.isNaN(seconds)) return -1;
  parts.zone = seconds;
  return at + (line.charCodeAt(at + 3) === 58 ? 6 : 5);
};

/** Hours east of UTC. Names that mean one thing only; any other zone name is refused, for a wrong time is worse. */
const zoneHours = new Map(
  Object.entries({
    UTC: 0, GMT: 0, WET: 0, WEST: 1, CET: 1, CEST: 2, MET: 1, MEST: 2, EET: 2, EEST: 3, MSK: 3, JST: 9,
    EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7,
  }), // prettier-ignore
);
const zoneNames = [...zoneHours.keys()];
const zoneName = oneOf(zoneNames, (index, parts) => {
  parts.zone = (zoneHours.get(zoneNames[index] ?? '') ?? 0) * 3600;
});

const shortMonth: TimeStep = (line, at, parts) => {
  parts.month = monthAt(line, at);
  return parts.month === 0 ? -1 : at + 3;
};

const basic: readonly (readonly [string, TimeStep])[] = [
  ['Y', number('year', 4)],
  ['C', number('century', 2)],
  ['y', number('yearOfCentury', 2)],
  ['m', number('month', 2)],
  ['b', shortMonth],
  ['h', shortMonth],
  ['B', oneOf(fullMonths, (index, parts) => void (parts.month = index + 1))],
  ['d', number('day', 2)],
  ['e', number('day', 2, true)],
  ['j', number('dayOfYear', 3)],
  ['H', number('hour', 2)],
  ['k', number('hour', 2, true)],
  ['I', number('hour12', 2)],
  ['l', number('hour12', 2, true)],
  ['p', oneOf(['AM', 'PM'], (index, parts) => void (parts.pm = index === 1))],
  ['P', oneOf(['am', 'pm'], (index, parts) => void (parts.pm = index === 1))],
  ['M', number('minute', 2)],
  ['S', number('second', 2)],
  ['s', epoch(0, false)],
  ['z', zoneOffset],
  ['Z', zoneName],
  ['a', oneOf(shortDays, ignore)],
  ['A', oneOf(fullDays, ignore)],
  ['u', ignoredDigits(1)],
  ['w', ignoredDigits(1)],
  ['U', ignoredDigits(2)],
  ['V', ignoredDigits(2)],
  ['W', ignoredDigits(2)],
  ['G', ignoredDigits(4)],
  ['g', ignoredDigits(2)],
  ['n', literal('\n')],
  ['t', literal('\t')],
  ['%', literal('%')],
];

const conversions = new Map(basic);

/** Conversions that stand for several others, in the C locale. */
const compound: readonly (readonly [string, string])[] = [
  ['T', '%H:%M:%S'],
  ['X', '%H:%M:%S'],
  ['R', '%H:%M'],
  ['r', '%I:%M:%S %p'],
  ['D', '%m/%d/%y'],
  ['x', '%m/%d/%y'],
  ['F', '%Y-%m-%d'],
  ['c', '%a %b %e %H:%M:%S %Y'],
];
for (const [letter, format] of compound) {
  const step = compileTimeFormat(format, false);
  if (typeof step !== 'string') conversions.set(letter, step);
}

/** True for a time that starts with digits, so that digits before it would run into it. */
export function isFraction(format: string): boolean {
  return format === 'msec_frac' || format === 'usec_frac';
}
