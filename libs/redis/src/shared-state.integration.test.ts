import { createRecordingLogger, sharedRedis, waitFor } from '@sluice/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';

import { createMemorySharedState } from './memory-shared-state.ts';
import { redisConfig } from './redis-fixture.ts';
import { createRedisSharedState } from './redis-shared-state.ts';
import { describeSharedStateContract } from './shared-state-contract.ts';

import type { RedisSharedState } from './redis-shared-state.ts';

const logger = createRecordingLogger();
const states: RedisSharedState[] = [];

async function openRedisState(): Promise<RedisSharedState> {
  const fallback = createMemorySharedState({ now: () => 0 });
  const state = createRedisSharedState(redisConfig(await sharedRedis(), { key_prefix: `${randomUUID()}:` }), { logger, fallback });
  states.push(state);
  return state;
}

after(async () => {
  for (const state of states) await state.close();
  assert.deepEqual(logger.entries, [], 'all of it was answered by Redis');
});

describeSharedStateContract('Redis', async () => ({
  state: await openRedisState(),
  until: (condition) => waitFor(condition),
}));

test('two processes share counters and sessions', async () => {
  const config = redisConfig(await sharedRedis(), { key_prefix: `${randomUUID()}:` });
  const [one, other] = [1, 2].map(() => {
    const state = createRedisSharedState(config, { logger, fallback: createMemorySharedState({ now: () => 0 }) });
    states.push(state);
    return state;
  });
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(await one.increment('a', 1, 60), 1);
  assert.equal(await other.increment('a', 1, 60), 2);
  assert.deepEqual(await one.sessions([{ key: 'a', atMs: 1000 }], 30), [1000]);
  assert.deepEqual(await other.sessions([{ key: 'a', atMs: 2000 }], 30), [1000]);
  await one.check();
});

test('gives the same sessions as the in-memory twin, for any visits in any batches', async () => {
  const state = await openRedisState();
  const visit = fc.record({ key: fc.constantFrom('a', 'b', 'c'), atMs: fc.integer({ min: -1_000, max: 100_000 }).map((ms) => ms * 7) });
  const batches = fc.array(fc.array(visit, { maxLength: 20 }), { maxLength: 5 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 300 }), async (lists, idleSeconds) => {
      run++;
      const twin = createMemorySharedState({ now: () => 0 });
      for (const visits of lists) {
        const own = visits.map(({ key, atMs }) => ({ key: `${run} ${key}`, atMs }));
        assert.deepEqual(await state.sessions(own, idleSeconds), await twin.sessions(own, idleSeconds));
      }
    }),
    { numRuns: 300 },
  );
});

test('what somebody else put under a key is no outage, and is not read beyond what a text of ours may be long', async () => {
  const address = await sharedRedis();
  const prefix = `${randomUUID()}:`;
  const raw = new Redis({ ...address, lazyConnect: true });
  await raw.connect();
  try {
    for (const key of ['text:a', 'counter:a', 'session:a']) await raw.hset(`${prefix}${key}`, 'field', 'x');
    await raw.set(`${prefix}counter:b`, 'no number');
    await raw.set(`${prefix}session:b`, 'no session');
    await raw.set(`${prefix}text:b`, Buffer.alloc(5_000_000, 'x'));
  } finally {
    raw.disconnect();
  }
  const fallback = createMemorySharedState({ now: () => 0 });
  const state = createRedisSharedState(redisConfig(address, { key_prefix: prefix }), { logger, fallback });
  states.push(state);
  assert.equal(await state.recall('a'), null);
  for (const key of ['a', 'b']) {
    assert.deepEqual([await state.increment(key, 1, 60), await state.increment(key, 1, 60)], [1, 2], 'counted by this process');
    assert.deepEqual(await state.sessions([{ key, atMs: 1000 }], 30), [1000]);
  }
  assert.equal((await state.recall('b'))?.length, 1000);
  await state.check();
  assert.equal(await state.increment('c', 1, 60), 1);
});
