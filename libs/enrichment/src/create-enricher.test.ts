import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { baseFields, optionalFields } from '@sluice/event';
import { buildEvent, createFakeGeo } from '@sluice/testing';
import fc from 'fast-check';

import { createEnricher } from './create-enricher.ts';

import type { Geo, GeoLookup } from '@sluice/ports';
import type { EnricherConfig } from './create-enricher.ts';

const on: EnricherConfig = { geo: true, threats: true, bots: true, addressCache: 100, userAgentCache: 100, targetCache: 100 };
const now = '2026-11-22T13:55:37.250Z';
const munich: Geo = {
  country: 'Germany',
  countryCode: 'DE',
  city: 'Munich',
  location: { lat: 48.1, lon: 11.5 },
  asn: 64500,
  asOrganization: 'Example Net',
};
const geo = createFakeGeo({ '198.51.100.7': munich });
const known = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));

describe('an ordinary request', () => {
  test('gets its place, browser, system and device, and no threat fields', () => {
    const event = buildEvent({
      user_agent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    });
    assert.deepEqual(known(createEnricher(on, { geo }).enrich(event, now)), {
      geo_country: 'Germany',
      geo_city: 'Munich',
      is_bot: false,
      security_threat: false,
      processed_at: now,
      geo_country_code: 'DE',
      geo_location: { lat: 48.1, lon: 11.5 },
      geo_asn: 64500,
      geo_as_organization: 'Example Net',
      browser: 'Mobile Safari',
      os: 'iOS',
      device: 'mobile',
    });
  });

  test('from a desktop says so', () => {
    const { browser, os, device } = createEnricher(on, { geo }).enrich(buildEvent(), now);
    assert.deepEqual([browser, os, device], ['Firefox', 'Linux', 'desktop']);
  });

  test('of an unknown address has no place', () => {
    const enrichment = createEnricher(on, { geo }).enrich(buildEvent({ ip_address: '203.0.113.9' }), now);
    assert.equal(enrichment.geo_country, null);
    assert.equal(enrichment.geo_location, undefined);
    assert.equal(createEnricher(on, { geo }).enrich(buildEvent({ ip_address: null }), now).geo_city, null);
  });
});

describe('a bot', () => {
  test('is named, and has no browser', () => {
    const enrichment = createEnricher(on, { geo: null }).enrich(
      buildEvent({ user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }),
      now,
    );
    assert.equal(enrichment.is_bot, true);
    assert.deepEqual(enrichment.bot, { name: 'Googlebot', kind: 'search', claim: 'claimed' });
    assert.equal(enrichment.browser, undefined);
  });

  test('is verified by its address, and a threat where it is not who it says', () => {
    const verifyClaim = (_: unknown, ip: string | null): 'verified' | 'spoofed' => (ip === '192.0.2.1' ? 'verified' : 'spoofed');
    const enricher = createEnricher(on, { geo: null, verifyClaim });
    const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    const real = enricher.enrich(buildEvent({ user_agent: agent, ip_address: '192.0.2.1' }), now);
    assert.deepEqual([real.bot?.claim, real.security_threat, real.threats], ['verified', false, undefined]);
    const fake = enricher.enrich(buildEvent({ user_agent: agent, ip_address: '192.0.2.2' }), now);
    assert.deepEqual([fake.bot?.claim, fake.security_threat, fake.threats?.[0]?.rule, fake.threat_score], ['spoofed', true, 'BOT-001', 5]);
    const attacking = enricher.enrich(buildEvent({ user_agent: agent, ip_address: '192.0.2.2', path: '/../../x' }), now);
    assert.deepEqual(
      attacking.threats?.map((threat) => threat.class),
      ['path-traversal', 'false-bot'],
    );
    const unwatched = createEnricher({ ...on, threats: false }, { geo: null, verifyClaim }).enrich(buildEvent({ user_agent: agent }), now);
    assert.deepEqual([unwatched.security_threat, unwatched.threats], [null, undefined]);
  });

  test('is neither found nor excluded where the line has no agent', () => {
    for (const userAgent of [null, '', '-']) {
      const enrichment = createEnricher(on, { geo: null }).enrich(buildEvent({ user_agent: userAgent }), now);
      assert.equal(enrichment.is_bot, null);
      assert.equal(enrichment.device, undefined);
    }
  });
});

describe('an attack', () => {
  const attack = { path: '/download', query: 'file=..%2f..%2fetc%2fpasswd' };

  test('is told with its threats, score, severity and outcome', () => {
    const enrichment = createEnricher(on, { geo: null }).enrich(buildEvent({ ...attack, status: 200 }), now);
    assert.equal(enrichment.security_threat, true);
    assert.deepEqual(
      enrichment.threats?.map(({ class: name, field }) => `${name} ${field}`),
      ['lfi query', 'path-traversal query'],
    );
    assert.deepEqual([enrichment.threat_score, enrichment.threat_severity, enrichment.threat_outcome], [10, 'critical', 'succeeded']);
  });

  test('has an outcome of its own each time, though its target is remembered', () => {
    const enricher = createEnricher(on, { geo: null });
    const outcomes = [200, 404, 302].map((status) => enricher.enrich(buildEvent({ ...attack, status }), now).threat_outcome);
    assert.deepEqual(outcomes, ['succeeded', 'failed', 'unknown']);
    assert.deepEqual(enricher.cacheStats().target, { hits: 2, misses: 1, entries: 1 });
  });

  test('is found in a request line that is none, and in the user', () => {
    const enricher = createEnricher(on, { geo: null });
    const broken = enricher.enrich(buildEvent({ method: null, path: null, protocol: undefined, request: 'GET /../../etc/passwd' }), now);
    assert.equal(broken.threats?.[0]?.field, 'request');
    assert.equal(enricher.enrich(buildEvent({ user: ';cat /etc/passwd' }), now).threats?.[0]?.field, 'user');
  });
});

describe('switched off', () => {
  test('detection, bots and places are null, not false', () => {
    const enricher = createEnricher({ ...on, geo: false, threats: false, bots: false }, { geo });
    const { geo_country, is_bot, security_threat, browser } = enricher.enrich(buildEvent({ path: '/../../x', user_agent: 'Googlebot/2.1' }), now);
    assert.deepEqual([geo_country, is_bot, security_threat], [null, null, null]);
    assert.equal(browser, undefined);
  });

  test('caches change nothing but their figures', () => {
    const cached = createEnricher(on, { geo });
    const uncached = createEnricher({ ...on, addressCache: 0, userAgentCache: 0, targetCache: 0 }, { geo });
    for (const overrides of [{}, { path: '/../../x' }, { user_agent: 'curl/8.5.0' }, { ip_address: null }, {}, { path: '/../../x' }]) {
      const event = buildEvent(overrides);
      assert.deepEqual(cached.enrich(event, now), uncached.enrich(event, now));
    }
    assert.deepEqual(cached.cacheStats(), {
      address: { hits: 4, misses: 1, entries: 1 },
      user_agent: { hits: 4, misses: 2, entries: 2 },
      target: { hits: 1, misses: 1, entries: 1 },
    });
    assert.equal(uncached.cacheStats().address.entries, 0);
  });
});

test('places are asked for anew once the database was replaced', () => {
  let revision = 1;
  let city = 'Munich';
  const changing: GeoLookup = {
    lookup: () => ({ ...munich, city }),
    get revision() {
      return revision;
    },
  };
  const enricher = createEnricher(on, { geo: changing });
  assert.equal(enricher.enrich(buildEvent(), now).geo_city, 'Munich');
  city = 'Hamburg';
  assert.equal(enricher.enrich(buildEvent(), now).geo_city, 'Munich');
  revision = 2;
  assert.equal(enricher.enrich(buildEvent(), now).geo_city, 'Hamburg');
});

test('every enrichment has the same fields in the same order, all of them known to the event', () => {
  const enricher = createEnricher(on, { geo });
  const shapes = [{}, { ip_address: null }, { user_agent: null }, { path: '/../../x' }].map((overrides) =>
    Object.keys(enricher.enrich(buildEvent(overrides), now)),
  );
  for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
  const names: readonly string[] = [...baseFields, ...optionalFields];
  for (const name of shapes[0] ?? []) assert.ok(names.includes(name), name);
});

test('any event at all is enriched', () => {
  const text = fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: null });
  const enricher = createEnricher(on, { geo });
  const events = fc.record({
    ip_address: text,
    method: text,
    path: text,
    referer: text,
    user_agent: text,
    status: fc.option(fc.integer(), { nil: null }),
  });
  fc.assert(
    fc.property(events, (overrides) => {
      const { is_bot, security_threat, browser } = enricher.enrich(buildEvent(overrides), now);
      assert.ok(typeof is_bot === 'boolean' || overrides.user_agent === null || ['', '-'].includes(overrides.user_agent));
      assert.equal(typeof security_threat, 'boolean');
      assert.doesNotMatch(browser ?? '', /\p{C}/u);
    }),
    { numRuns: 500 },
  );
});
