/**
 * Times of JSON lines: the access log form, ISO 8601, or a number since the epoch.
 */
import { createClfTimeReader, secondOfDay } from './clf-time.ts';
import { readDuration } from './read-number.ts';
import { createIsoWriter, digitsAt, epochOfDate, zoneAt } from './iso-time.ts';

const readClf = createClfTimeReader();
const toIso = createIsoWriter();

/**
 * ISO 8601 UTC of a value; null when it is no time.
 *
 * Units: numbers below 10^11 are seconds, below 10^14 milliseconds, else microseconds since the epoch.
 */
export function readJsonTime(value: string | number | boolean | undefined): string | null {
  if (typeof value === 'number') return epochTime(value, String(value));
  if (typeof value !== 'string') return null;
  const epoch = readDuration(value, 0, value.length);
  if (typeof epoch === 'number') return epochTime(epoch, value);
  return readClf(value.startsWith('[') ? value : `[${value}]`, 0) ?? isoTime(value);
}

function epochTime(value: number, text: string): string | null {
  if (!(value >= 0) || value >= 1e17) return null;
  if (value >= 1e14) return toIso(Math.floor(value / 1e6), `.${String(Math.floor(value % 1e6)).padStart(6, '0')}`);
  if (value >= 1e11) return toIso(Math.floor(value / 1000), `.${String(Math.floor(value % 1000)).padStart(3, '0')}`);
  const decimals = /\.(\d{1,6})/.exec(text)?.[1];
  return toIso(Math.floor(value), decimals === undefined ? '' : `.${decimals.padEnd(decimals.length > 3 ? 6 : 3, '0')}`);
}

const secondsLength = 19; // 2026-11-22T13:55:36

function isoTime(text: string): string | null {
  const separators = `${text.charAt(4)}${text.charAt(7)}${text.charAt(10)}${text.charAt(13)}${text.charAt(16)}`;
  if (separators !== '--T::' && separators !== '-- ::') return null;
  let end = secondsLength;
  if (text[end] === '.' || text[end] === ',') do end++; while (digitsAt(text, end, 1) >= 0); // prettier-ignore
  const decimals = text.slice(secondsLength + 1, Math.min(end, secondsLength + 10));
  const zone = text.slice(end);
  const offset = zone === '' || zone === 'Z' ? 0 : zone.length === (zone[3] === ':' ? 6 : 5) ? zoneAt(zone, 0) : Number.NaN;
  const midnight = epochOfDate(digitsAt(text, 0, 4), digitsAt(text, 5, 2), digitsAt(text, 8, 2));
  const second = secondOfDay(digitsAt(text, 11, 2), digitsAt(text, 14, 2), digitsAt(text, 17, 2));
  if (second < 0 || Number.isNaN(midnight + offset)) return null;
  return toIso(midnight + second - offset, decimals === '' ? '' : `.${decimals}`);
}
