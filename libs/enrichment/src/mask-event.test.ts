import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSecretMasker, truncateAddress } from '@sluice/security';
import { buildDeadLetter, buildEvent } from '@sluice/testing';

import { createEnricher } from './create-enricher.ts';
import { maskEnrichment, maskEvent, maskLetter } from './mask-event.ts';

import type { LogEvent } from '@sluice/event';

const masking = { masker: createSecretMasker(), anonymise: truncateAddress };

test('secrets go from every field that a client writes, and the address is cut', () => {
  const event = buildEvent({
    ip_address: '203.0.113.9',
    path: '/a;jsessionid=AB12',
    query: 'user=ann&password=hunter2',
    referer: 'https://a.example/?token=abc',
    request: 'GET /a b?sid=9 HTTP/1.1',
  });
  const { ip_address, path, query, referer, request } = maskEvent(event, masking);
  assert.deepEqual(
    [ip_address, path, query, referer, request],
    ['203.0.113.0', '/a;jsessionid=***', 'user=ann&password=***', 'https://a.example/?token=***', 'GET /a b?sid=*** HTTP/1.1'],
  );
  assert.equal(event.query, 'user=ann&password=hunter2');
});

test('an event without secrets is the same object', () => {
  const event = buildEvent({ query: 'q=1' });
  assert.equal(maskEvent(event, { ...masking, anonymise: null }), event);
  assert.equal(maskEvent(event, { masker: null, anonymise: null }), event);
});

const enricher = createEnricher({ geo: false, threats: true, bots: true, addressCache: 0, userAgentCache: 0, targetCache: 0 }, { geo: null });

function maskedThreats(overrides: Partial<LogEvent>): string {
  const event = buildEvent(overrides);
  const enrichment = enricher.enrich(event, '2026-11-22T13:55:37.250Z');
  assert.ok(enrichment.threats !== undefined);
  return JSON.stringify(maskEnrichment(enrichment, event, maskEvent(event, masking), masking).threats);
}

test('evidence keeps the attack and loses the secret', () => {
  const threats = maskedThreats({ path: '/login', query: 'password=hunter2&next=../../etc/passwd' });
  assert.match(threats, /etc\/passwd/);
  assert.doesNotMatch(threats, /hunter2/);
  const harmless = buildEvent({ path: '/', query: 'q=1' });
  const enrichment = enricher.enrich(harmless, '2026-11-22T13:55:37.250Z');
  assert.equal(maskEnrichment(enrichment, harmless, harmless, masking), enrichment);
});

test('evidence that begins within a secret, or that decoding made, goes as a whole', () => {
  const long = `${'a'.repeat(40)}hunter2`;
  assert.doesNotMatch(maskedThreats({ path: '/login', query: `password=${long}&next=../../etc/passwd` }), /hunter2/);
  assert.doesNotMatch(maskedThreats({ path: '/login', query: 'password=my+hunter2+../../etc/passwd' }), /hunter2/);
});

test('headers, cookies and proxies beyond the usual fields', () => {
  const extra = {
    cookie: 'lang=de; sid=abc',
    authorization: 'Basic eA==',
    cookie_phpsessid: 'abc',
    'x-forwarded-for': '203.0.113.9, 10.0.0.1',
    n: 1,
  };
  const event = buildEvent({ ip_address: null, client_host: 'p5.dip0.example.net', extra });
  const { extra: masked, client_host: host } = maskEvent(event, masking);
  assert.deepEqual(masked, {
    cookie: 'lang=de; sid=***',
    authorization: '***',
    cookie_phpsessid: '***',
    'x-forwarded-for': '203.0.113.0, 10.0.0.0',
    n: 1,
  });
  assert.equal(host, '*.example.net');
});

test('a line that is no event is masked as text, in both encodings', () => {
  const raw = '203.0.113.9 nonsense "GET /?token=abc HTTP/1.1"';
  const left = '203.0.113.0 nonsense "GET /?token=*** HTTP/1.1"';
  assert.equal(maskLetter(buildDeadLetter({ raw, raw_encoding: 'utf8' }), masking).raw, left);
  const base64 = maskLetter(buildDeadLetter({ raw: Buffer.from(`${raw}\xff`, 'latin1').toString('base64'), raw_encoding: 'base64' }), masking);
  assert.equal(Buffer.from(base64.raw, 'base64').toString('latin1'), `${left}\xff`);
  const clean = buildDeadLetter({ raw: 'nonsense', message: 'no format fits' });
  assert.equal(maskLetter(clean, masking), clean);
});
