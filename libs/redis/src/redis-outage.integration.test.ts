/**
 * What becomes of a Redis that fails in each way it can, with a real one.
 */
import { createRecordingLogger, startRedis, waitFor } from '@sluice/testing';
import { Redis } from 'ioredis';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemorySharedState } from './memory-shared-state.ts';
import { redisConfig } from './redis-fixture.ts';
import { createRedisSharedState } from './redis-shared-state.ts';

import type { RedisConfig } from '@sluice/config';
import type { RecordingLogger, RedisOptions as ServiceOptions, RedisService } from '@sluice/testing';
import type { TestContext } from 'node:test';
import type { RedisSharedState } from './redis-shared-state.ts';

/** A counter in this process begins here, so that an answer shows who gave it. */
const ownBase = 1_000_000;

interface Setup {
  readonly redis: RedisService;
  readonly state: RedisSharedState;
  readonly logger: RecordingLogger;
  /** Adds one and returns who counted it. */
  readonly count: () => Promise<'redis' | 'process'>;
}

async function openState(t: TestContext, redis: RedisService, settings: Partial<RedisConfig> = {}): Promise<Setup> {
  const fallback = createMemorySharedState({ now: () => 0 });
  await fallback.increment('a', ownBase, 3600);
  const logger = createRecordingLogger();
  const state = createRedisSharedState(redisConfig(redis, settings), { logger, fallback });
  t.after(() => state.close());
  const count = async () => ((await state.increment('a', 1, 3600)) > ownBase ? 'process' : 'redis');
  return { redis, state, logger, count };
}

async function setUp(t: TestContext, options: ServiceOptions = {}, settings: Partial<RedisConfig> = {}): Promise<Setup> {
  const redis = await startRedis(options);
  t.after(() => redis.stop());
  return openState(t, redis, settings);
}

/** A client beside the one under test, to see and to change what Redis has. */
function openClient(t: TestContext, redis: RedisService, options: { password?: string } = {}): Redis {
  const client = new Redis({ host: redis.host, port: redis.port, ...options });
  t.after(() => client.disconnect());
  return client;
}

/** Counts until Redis does, then checks that all of it made one warning and one line of its end. */
async function assertRecovers({ logger, count, state }: Setup, warning: RegExp): Promise<void> {
  await waitFor(async () => (await count()) === 'redis');
  await state.check();
  const { warn, info, error } = messages(logger);
  assert.equal(warn.length, 1, warn.join('\n'));
  assert.match(warn[0] ?? '', warning);
  assert.deepEqual([info.length, error.length], [1, 0], info.join('\n'));
  assert.match(info[0] ?? '', /is back/);
}

function messages(logger: RecordingLogger): Record<'warn' | 'info' | 'error', string[]> {
  return { warn: logger.messages('warn'), info: logger.messages('info'), error: logger.messages('error') };
}

test('Redis killed in the middle of its work: this process counts, then Redis again, with what it had', async (t) => {
  const setup = await setUp(t);
  const { redis, state, logger, count } = setup;
  for (let call = 0; call < 10; call++) assert.equal(await count(), 'redis');
  const underWay = Array.from({ length: 200 }, () => count());
  await redis.kill();
  await Promise.all(underWay);
  assert.equal(await count(), 'process');
  assert.deepEqual(await state.sessions([{ key: 'a', atMs: 5 }], 30), [5]);
  await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE' });
  assert.deepEqual(messages(logger).info, []);
  await redis.restart();
  await assertRecovers(setup, /^Redis at 127\.0\.0\.1:\d+ does not answer \(.*\); counters and sessions are those of this process/);
  assert.ok((await state.increment('a', 1, 3600)) > 11, 'the counts from before the kill are there');
});

test('a hung Redis costs one timeout, not one for each call, and comes back', async (t) => {
  const timeoutMs = 400;
  const setup = await setUp(t, {}, { timeout_ms: timeoutMs });
  const { redis, state, count } = setup;
  assert.equal(await count(), 'redis');
  await redis.kill('SIGSTOP');
  const startedAtMs = performance.now();
  assert.equal(await count(), 'process');
  for (let call = 0; call < 500; call++) assert.equal(await count(), 'process');
  assert.ok(performance.now() - startedAtMs < 5 * timeoutMs, 'one wait, and not 501');
  await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE' });
  await redis.kill('SIGCONT');
  await assertRecovers(setup, /does not answer \(Command timed out\)/);
});

test('a wrong password is one warning that names the setting, and is tried again until it is right', async (t) => {
  const setup = await setUp(t, { password: 'right' }, { password: 'wrong' });
  const { redis, state, logger, count } = setup;
  assert.equal(await count(), 'process');
  await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE', message: /redis\.password/ });
  const client = openClient(t, redis, { password: 'right' });
  assert.equal(messages(logger).warn.length, 1);
  await client.config('SET', 'requirepass', 'wrong');
  await assertRecovers(setup, /refuses the credentials: correct redis\.password.*WRONGPASS/);
});

test('no password where one is needed is the same', async (t) => {
  const { state, count, logger } = await setUp(t, { password: 'right' });
  assert.equal(await count(), 'process');
  await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE', message: /redis\.password/ });
  assert.equal(messages(logger).warn.length, 1);
});

test('a Redis that is not there at the start is used once it is', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  await redis.kill();
  const setup = await openState(t, redis);
  assert.equal(await setup.count(), 'process');
  await assert.rejects(setup.state.check(), { code: 'REDIS_UNAVAILABLE', message: /ECONNREFUSED/ });
  await redis.restart();
  await assertRecovers(setup, /does not answer \(.*ECONNREFUSED/);
});

test('a Redis whose memory is full is a warning, and is used again when it has room', async (t) => {
  const setup = await setUp(t, { settings: { maxmemory: '1', 'maxmemory-policy': 'noeviction' } });
  const { redis, state, count, logger } = setup;
  for (let call = 0; call < 20; call++) assert.equal(await count(), 'process');
  assert.deepEqual(await state.sessions([{ key: 'a', atMs: 5 }], 30), [5]);
  await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE', message: /OOM/ });
  assert.equal(messages(logger).warn.length, 1);
  await openClient(t, redis).config('SET', 'maxmemory', '0');
  await assertRecovers(setup, /does not take data \(.*OOM/);
});

test('a Redis that has become a replica is left and tried anew', async (t) => {
  const setup = await setUp(t);
  const { redis, count, logger } = setup;
  assert.equal(await count(), 'redis');
  const client = openClient(t, redis);
  const connections = async () => Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]);
  await client.replicaof('127.0.0.1', 1);
  const before = await connections();
  assert.equal(await count(), 'process');
  await waitFor(async () => (await connections()) > before + 1, 10_000, 'new connections');
  assert.deepEqual([messages(logger).warn.length, messages(logger).info.length], [1, 0]);
  await client.replicaof('NO', 'ONE');
  await assertRecovers(setup, /does not take data \(.*READONLY/);
});

test('reaches Redis by TLS, as a user who may use only its own keys, in a database of its own', async (t) => {
  const redis = await startRedis({ tls: true, settings: { user: 'logs on >secret ~logs:* +@all' } });
  t.after(() => redis.stop());
  assert.ok(redis.ca !== undefined);
  const settings = { tls: true, tls_ca: redis.ca, username: 'logs', password: 'secret', db: 3, key_prefix: 'logs:' };
  const { state, count, logger } = await openState(t, redis, settings);
  assert.equal(await count(), 'redis');
  assert.deepEqual(await state.sessions([{ key: 'v'.repeat(1000), atMs: 5 }], 30), [5]);
  await state.check();
  assert.deepEqual(logger.entries, []);
  const client = new Redis({ host: redis.host, port: redis.port, db: 3, tls: { ca: redis.ca } });
  t.after(() => client.disconnect());
  const keys = await client.keys('*');
  assert.deepEqual(keys.map((key) => key.replace(/[\w-]{43}$/, 'hash')).sort(), ['logs:check', 'logs:counter:a', 'logs:session:hash']);
  for (const key of keys) assert.ok((await client.pttl(key)) > 0, `${key} expires`);
});

test('a certificate that is not trusted is a warning with the reason', async (t) => {
  const { state, count, logger } = await setUp(t, { tls: true }, { tls: true });
  assert.equal(await count(), 'process');
  await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE', message: /certificate/ });
  assert.equal(messages(logger).warn.length, 1);
});

test('closes at once while Redis is away, hung or there, and answers afterwards too', async (t) => {
  for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGCONT'] as const) {
    const { redis, state, logger, count } = await setUp(t, {}, { timeout_ms: 300 });
    assert.equal(await count(), 'redis');
    await redis.kill(signal);
    await state.close();
    await state.close();
    const seen = logger.entries.length;
    assert.equal(await count(), 'process');
    await assert.rejects(state.check(), { code: 'REDIS_UNAVAILABLE' });
    assert.equal(logger.entries.length, seen);
  }
});
