/**
 * Reads what a database says of an address. Two shapes are in use: MaxMind's nested one (`country.names.en`), which
 * DB-IP's own files share, and the flat one of repackaged files (`country_code`, `city`). Values are checked: a file
 * may hold anything.
 */
import type { Geo } from '@sluice/ports';

/** One record; parts it does not know are null. */
export function toGeo(record: unknown): Geo {
  const country = field(record, 'country');
  const countryCode = countryCodeOf(
    field(country, 'iso_code') ?? field(record, 'country_code') ?? country ?? field(field(record, 'registered_country'), 'iso_code'),
  );
  return {
    country:
      text(field(field(country, 'names'), 'en')) ?? text(field(record, 'country_name')) ?? (countryCode === null ? null : countryNameOf(countryCode)),
    countryCode,
    city: text(field(field(field(record, 'city'), 'names'), 'en')) ?? text(field(record, 'city')),
    location: locationOf(field(record, 'location') ?? record),
    asn: asnOf(field(record, 'autonomous_system_number') ?? field(record, 'asn')),
    asOrganization: text(field(record, 'autonomous_system_organization')) ?? text(field(record, 'as_name')),
  };
}

/**
 * One answer from two databases. Country, city and location are taken from one of them together (the one that knows
 * the city, else the first), so that no answer puts a city into the wrong country.
 */
export function mergeGeo(first: Geo, second: Geo): Geo {
  const place = first.city !== null || second.countryCode === null || (first.countryCode !== null && second.city === null) ? first : second;
  const network = first.asn === null ? second : first;
  return {
    country: place.country,
    countryCode: place.countryCode,
    city: place.city,
    location: place.location,
    asn: network.asn,
    asOrganization: network.asOrganization,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function countryCodeOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z]{2}$/i.test(value) ? value.toUpperCase() : null;
}

const displayNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const countryNames = new Map<string, string | null>();

/** English name of a two-letter code, remembered: at most 676 of them. */
function countryNameOf(code: string): string | null {
  let name = countryNames.get(code);
  if (name === undefined) {
    name = displayNames.of(code) ?? null;
    countryNames.set(code, name);
  }
  return name;
}

function locationOf(value: unknown): Geo['location'] {
  const lat = degrees(field(value, 'latitude'), 90);
  const lon = degrees(field(value, 'longitude'), 180);
  return lat === null || lon === null ? null : { lat, lon };
}

/** Four decimals are 11 m, far below what any database knows; files with 32-bit floats have tails of noise. */
function degrees(value: unknown, limit: number): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= limit ? Math.round(number * 10_000) / 10_000 : null;
}

function asnOf(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value.replace(/^AS/i, '')) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
}
