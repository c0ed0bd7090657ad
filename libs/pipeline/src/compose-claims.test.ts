import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createRecordingLogger } from '@sluice/testing';

import { composeClaims } from './compose-claims.ts';

const off = { enable_bot_detection: true, verify_bots_by_dns: false };

test('claims stay claims unless something checks them', async () => {
  const logger = createRecordingLogger();
  assert.equal(await composeClaims(off, { logger }), null);
  assert.equal(await composeClaims({ ...off, enable_bot_detection: false, verify_bots_by_dns: true, bot_ranges: 'x' }, { logger }), null);
  assert.deepEqual(logger.entries, []);
});

test('DNS is asked where no list tells, and never waited for', async () => {
  const claims = await composeClaims({ ...off, verify_bots_by_dns: true }, { logger: createRecordingLogger() });
  assert.ok(claims !== null);
  // No operator of that name is known, so nothing is asked.
  assert.equal(claims.verify({ name: 'NoSuchBot', kind: 'other', claim: 'claimed' }, '203.0.113.9'), 'unknown');
  claims.close();
});
