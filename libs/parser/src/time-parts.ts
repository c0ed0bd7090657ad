/**
 * A time that a format spreads over several directives: `%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t`.
 * Each directive adds what it says; at the end of the line the parts become one time.
 */
import { secondOfDay } from './clf-time.ts';
import { createIsoWriter, epochOfDate, isLeapYear } from './iso-time.ts';

const unknown = -1;
const impossible = 99;

export class TimeParts {
  year = unknown;
  century = unknown;
  yearOfCentury = unknown;
  month = unknown;
  day = unknown;
  dayOfYear = unknown;
  hour = unknown;
  /** Hour of the 12-hour clock, with `pm`. */
  hour12 = unknown;
  pm: boolean | null = null;
  minute = unknown;
  second = unknown;
  /** Seconds east of UTC; a time without a zone counts as UTC. */
  zone = 0;
  epochSeconds = unknown;
  /** `.123` or `.123456`; the longest that was logged. */
  fraction = '';

  readonly #toIso = createIsoWriter();

  /** Forgets the line before. */
  reset(): void {
    this.year = this.century = this.yearOfCentury = this.month = this.day = this.dayOfYear = unknown;
    this.hour = this.hour12 = this.minute = this.second = this.epochSeconds = unknown;
    this.pm = null;
    this.zone = 0;
    this.fraction = '';
  }

  addFraction(digits: string): void {
    if (digits.length >= this.fraction.length) this.fraction = `.${digits}`;
  }

  /** ISO 8601 UTC; null when the parts are no whole time (a date and an hour at least); undefined when it is impossible. */
  toIso(): string | null | undefined {
    const calendar = this.#calendarSeconds();
    if (Number.isNaN(calendar)) return undefined;
    if (this.epochSeconds !== unknown) return this.#toIso(this.epochSeconds, this.fraction) ?? undefined;
    return calendar === null ? null : (this.#toIso(calendar, this.fraction) ?? undefined);
  }

  /** Epoch seconds by the calendar parts; null when they are incomplete, NaN when they are impossible. */
  #calendarSeconds(): number | null {
    const hour = this.#hourOfDay();
    const seconds = secondOfDay(hour === unknown ? 0 : hour, Math.max(this.minute, 0), Math.max(this.second, 0));
    if (seconds < 0) return Number.NaN;
    const midnight = this.#midnight();
    if (midnight === null || hour === unknown) return null;
    return midnight + seconds - this.zone;
  }

  #midnight(): number | null {
    const year = this.#fullYear();
    if (year === unknown) return null;
    if (this.month !== unknown && this.day !== unknown) return epochOfDate(year, this.month, this.day);
    if (this.dayOfYear === unknown) return null;
    const exists = this.dayOfYear >= 1 && this.dayOfYear <= (isLeapYear(year) ? 366 : 365);
    return exists ? epochOfDate(year, 1, 1) + (this.dayOfYear - 1) * 86_400 : Number.NaN;
  }

  #fullYear(): number {
    if (this.year !== unknown) return this.year;
    if (this.yearOfCentury === unknown) return unknown;
    // POSIX: without a century, 69 to 99 are in the twentieth.
    const century = this.century === unknown ? (this.yearOfCentury >= 69 ? 19 : 20) : this.century;
    return century * 100 + this.yearOfCentury;
  }

  #hourOfDay(): number {
    if (this.hour !== unknown || this.hour12 === unknown || this.pm === null) return this.hour;
    if (this.hour12 < 1 || this.hour12 > 12) return impossible;
    return (this.hour12 % 12) + (this.pm ? 12 : 0);
  }
}
