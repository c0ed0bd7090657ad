import { configSchema } from '@sluice/config';
import { createIngestion } from '@sluice/ingestion';
import { systemClock } from '@sluice/ports';
import { createMemorySharedState, createRedisSharedState } from '@sluice/redis';
import {
  createFakePublisher,
  createLogGenerator,
  createRecordingLogger,
  createRecordingTelemetry,
  startRedis,
  temporaryFolder,
} from '@sluice/testing';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';

import type { RedisService } from '@sluice/testing';
import type { TestContext } from 'node:test';

const processes = 2;
const rateLimit = 800;

/** Reads a log of so many lines in each of two ingestions, which share nothing but Redis; returns what came of it. */
async function readTogether(t: TestContext, redis: RedisService, lineCount: number, action: 'delay' | 'drop') {
  const folder = await temporaryFolder(t);
  const generator = createLogGenerator({ seed: 1 });
  const lines = Array.from({ length: lineCount }, () => [generator.next().line, Buffer.from('\n')]);
  await writeFile(join(folder, 'access.log'), Buffer.concat(lines.flat()));
  const config = configSchema.parse({
    redis: { host: redis.host, port: redis.port, timeout_ms: 500 },
    performance: { rate_limit: rateLimit, rate_limit_action: action, rate_limit_scope: 'shared' },
  });
  assert.ok(config.redis !== undefined);
  const ingestions = [];
  for (let index = 0; index < processes; index += 1) {
    const logger = createRecordingLogger();
    const state = createRedisSharedState(config.redis, { logger, fallback: createMemorySharedState(systemClock) });
    t.after(() => state.close());
    const ingestion = createIngestion(
      {
        source: config.source,
        performance: { ...config.performance, max_workers: 4 },
        stateDirectory: join(folder, String(index)),
        sourceId: 'test',
      },
      {
        publisher: createFakePublisher(),
        state,
        telemetry: createRecordingTelemetry(),
        logger,
        clock: systemClock,
        stdin: Readable.from([]),
      },
    );
    ingestions.push({ ingestion, logger });
  }
  const startedAtMs = performance.now();
  const summaries = await Promise.all(ingestions.map(({ ingestion }) => ingestion.readFiles([join(folder, 'access.log')], { force: true })));
  const seconds = (performance.now() - startedAtMs) / 1000;
  const warnings = ingestions.flatMap(({ logger }) => logger.messages('warn')).filter((message) => message.includes('Redis'));
  const dropped = summaries.reduce((sum, summary) => sum + (summary.dropped.rate_limited ?? 0), 0);
  return { read: summaries.reduce((sum, summary) => sum + summary.lines, 0), dropped, seconds, warnings };
}

/** As `shared-rate-gate.ts` states it. */
const mostIn = (seconds: number): number => rateLimit * (seconds + 2) + processes * (rateLimit / 20);

test('two ingestions over one Redis pass the limit together, and lose nothing by waiting', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const { read, dropped, seconds, warnings } = await readTogether(t, redis, 2 * rateLimit, 'delay');
  assert.deepEqual([read, dropped, warnings], [processes * 2 * rateLimit, 0, []]);
  assert.ok(read <= mostIn(seconds), `${read} lines in ${seconds} s`);
});

test('two ingestions over one Redis drop what is over the limit together', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const { read, dropped, seconds } = await readTogether(t, redis, 5 * rateLimit, 'drop');
  assert.ok(read - dropped <= mostIn(seconds), `${read - dropped} lines in ${seconds} s`);
  assert.ok(read - dropped >= rateLimit, 'at least what one second may pass');
});

test('without Redis each keeps to the limit by itself', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  await redis.kill();
  const { read, dropped, seconds, warnings } = await readTogether(t, redis, 2 * rateLimit, 'delay');
  assert.deepEqual([read, dropped, warnings.length], [processes * 2 * rateLimit, 0, processes]);
  assert.ok(read <= processes * mostIn(seconds), `${read} lines in ${seconds} s`);
});
