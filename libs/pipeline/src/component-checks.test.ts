import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createManualClock } from '@sluice/testing';

import { checkPublisher, checkStore, createConsumerCheck } from './component-checks.ts';

const answers = { check: () => Promise.resolve() };

test('a consumer that is out of its group is degraded for a minute, then failed, and well again once it is back', async () => {
  const clock = createManualClock();
  let status = { connected: true, rebalancing: false, partitions: [0, 2] };
  const check = createConsumerCheck({ ...answers, status: () => status }, clock);
  assert.deepEqual(await check(), { status: 'ok', data: { partitions: 2 } });

  status = { connected: false, rebalancing: false, partitions: [] };
  assert.deepEqual(await check(), { status: 'degraded', message: 'joining the group', data: { partitions: 0 } });
  clock.advance(59_999);
  assert.equal((await check()).status, 'degraded');
  clock.advance(1);
  assert.deepEqual(await check(), { status: 'failed', message: 'no member of the group for 60 s', data: { partitions: 0 } });

  status = { connected: true, rebalancing: true, partitions: [] };
  assert.equal((await check()).status, 'failed', 'a rebalance that never ends is being away too');
  status = { connected: true, rebalancing: false, partitions: [1] };
  assert.equal((await check()).status, 'ok');
  status = { connected: true, rebalancing: true, partitions: [] };
  assert.deepEqual(await check(), { status: 'degraded', message: 'the group rebalances', data: { partitions: 0 } });
});

test('a consumer whose broker does not answer is not asked for its group', async () => {
  const refused = new Error('no broker');
  const status = (): never => assert.fail('asked');
  await assert.rejects(createConsumerCheck({ check: () => Promise.reject(refused), status }, createManualClock())(), refused);
});

test('what is being tried again counts as failed, though the other side answers', async () => {
  assert.deepEqual(await checkPublisher({ ...answers, failure: () => 'timed out' }), { status: 'failed', message: 'timed out' });
  assert.deepEqual(await checkPublisher({ ...answers, failure: () => null }), { status: 'ok' });
  assert.deepEqual(await checkStore(answers, { storeFailure: () => 'disk full' }), { status: 'failed', message: 'disk full' });
  assert.deepEqual(await checkStore(answers, { storeFailure: () => null }), { status: 'ok' });
});
