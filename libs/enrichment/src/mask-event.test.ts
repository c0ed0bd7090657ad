import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createSecretMasker, truncateAddress } from '@sluice/security';
import { buildEvent } from '@sluice/testing';

import { createEnricher } from './create-enricher.ts';
import { maskEnrichment, maskEvent } from './mask-event.ts';

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

test('evidence keeps the attack and loses the secret', () => {
  const enricher = createEnricher({ geo: false, threats: true, bots: true, addressCache: 0, userAgentCache: 0, targetCache: 0 }, { geo: null });
  const enrichment = enricher.enrich(buildEvent({ path: '/login', query: 'password=hunter2&next=../../etc/passwd' }), '2026-11-22T13:55:37.250Z');
  const masked = maskEnrichment(enrichment, masking);
  assert.match(JSON.stringify(masked.threats), /etc\/passwd/);
  assert.doesNotMatch(JSON.stringify(masked.threats), /hunter2/);
  const harmless = enricher.enrich(buildEvent({ path: '/', query: 'q=1' }), '2026-11-22T13:55:37.250Z');
  assert.equal(maskEnrichment(harmless, masking), harmless);
});
