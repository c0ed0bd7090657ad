/**
 * Numbers as people read them, the same in every locale.
 */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,234,567`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `512 B`, `1.5 kB`, `62.3 MB`; a kilobyte has 1,000 bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // From 999.5 on it would round up to a thousand of the smaller unit.
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${byteUnits[unit] ?? ''}`;
}

/** `12%`; what is there but rounds to nothing is `<1%`. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0%';
  const percent = (part / whole) * 100;
  return percent < 1 ? '<1%' : `${Math.round(percent)}%`;
}

const spans: readonly (readonly [seconds: number, one: string, many: string])[] = [
  [86_400, 'day', 'days'],
  [3600, 'hour', 'hours'],
  [60, 'minute', 'minutes'],
  [1, 'second', 'seconds'],
];

/** `3 days`, `1 hour`, `90 minutes`: the largest unit of which there are at least two, rounded; a lone one by its name. */
export function formatDuration(seconds: number): string {
  for (const [unit, one, many] of spans) {
    if (seconds === unit) return `1 ${one}`;
    if (seconds >= 2 * unit) return `${formatCount(Math.round(seconds / unit))} ${many}`;
  }
  return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}

/** `850 ms`, `1.24 s`. */
export function formatMilliseconds(ms: number): string {
  return ms < 1000 ? `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** `2026-11-22 13:55` of an ISO time; seconds are left out. */
export function formatMinute(isoTime: string): string {
  return new Date(isoTime).toISOString().slice(0, 16).replace('T', ' ');
}
