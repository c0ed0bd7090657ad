/**
 * Shared state through Redis: what all replicas count by and know together. While Redis is away each counts by itself.
 *
 * Invariant: nothing here rejects (`check` excepted), and no call waits longer than `redis.timeout_ms`; the first that waited so
 * long drops the connection, so that those after it do not wait until Redis has answered again.
 */
import { SluiceError, messageOf } from '@sluice/errors';
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';

import { createRedisOutage, isOfOneKey } from './redis-outage.ts';
import { withScripts } from './redis-scripts.ts';
import { retryDelayMs } from './retry-delay.ts';

import type { RedisConfig } from '@sluice/config';
import type { Logger, SharedState } from '@sluice/ports';
import type { RedisOptions } from 'ioredis';
import type { ScriptedRedis } from './redis-scripts.ts';

export interface RedisSharedStateDeps {
  readonly logger: Logger;
  /** Answers while Redis does not; closed with this. */
  readonly fallback: SharedState;
}

export interface RedisSharedState extends SharedState {
  /** Resolves when Redis is there and takes what it is given. Errors: REDIS_UNAVAILABLE, with the reason. */
  check(): Promise<void>;
}

/** Keys are of bounded length: what is longer than this is named by its hash. */
const maxKeyLength = 200;

/** Of a text that is kept. */
const maxTextBytes = 1000;

/**
 * Creates the state and begins to connect; Redis need not be there.
 *
 * Cost: one round trip per call, of a batch of visits too. A counter lives for its window, a session for twice
 * `idleSeconds` and an hour after its last visit by the clock of Redis, so that a pipeline that was down for an hour goes on
 * with the sessions it had.
 */
export function createRedisSharedState(config: RedisConfig, deps: RedisSharedStateDeps): RedisSharedState {
  const { fallback } = deps;
  const outage = createRedisOutage(config, deps.logger.named('redis'));
  const options = connectionOptions(config, (attempt) => retryDelayMs(config, attempt, outage.has('unauthorized') || outage.has('refusing')));
  const client = withScripts(new Redis(options));
  /** The connection is being given up, though the client may still call itself ready. */
  let isDropped = false;
  let isClosed = false;

  client.on('error', (error: Error) => {
    if (!isClosed) outage.note(error);
  });
  client.on('close', () => {
    isDropped = false;
    if (!isClosed && outage.reason === undefined) outage.note(new Error('the connection was closed'));
  });
  client.on('ready', () => void probe());
  const opened = firstOutcome(client, config.timeout_ms);

  const isReady = (): boolean => client.status === 'ready' && !isDropped && !isClosed;

  async function ask<T>(question: (client: ScriptedRedis) => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    await opened;
    if (!isReady()) return otherwise();
    try {
      const answer = await question(client);
      outage.end();
      return answer;
    } catch (error) {
      if (!isOfOneKey(error)) onFailure(error);
      return otherwise();
    }
  }

  /** Redis is back when it has taken something, not when it has answered. */
  const probe = (): Promise<void> => client.incrementCounter('check', 0, 60_000).then(() => outage.end(), onFailure);

  function onFailure(error: unknown): void {
    if (isClosed) return;
    outage.note(error);
    const message = messageOf(error);
    // Of a Redis that is hung; or one that has become a replica, whose name may by now belong to another.
    if (message !== 'Command timed out' && !message.includes('READONLY')) return;
    isDropped = true;
    client.disconnect(true);
  }

  return {
    increment: (key, by, windowSeconds) =>
      ask(
        (redis) => redis.incrementCounter(counterKey(key), by, windowSeconds * 1000),
        () => fallback.increment(key, by, windowSeconds),
      ),
    sessions: async (visits, idleSeconds) => {
      if (visits.length === 0) return [];
      const inRedis = async (redis: ScriptedRedis): Promise<number[]> => {
        const keys = visits.map((visit) => sessionKey(visit.key));
        const idleMs = idleSeconds * 1000;
        const starts = await redis.sessionStarts(keys.length, ...keys, idleMs, 2 * idleMs + 3_600_000, ...visits.map(({ atMs }) => atMs));
        return starts.map(Number);
      };
      return ask(inRedis, () => fallback.sessions(visits, idleSeconds));
    },
    remember: async (key, text, seconds) => {
      const inRedis = async (redis: ScriptedRedis): Promise<void> => {
        await redis.set(textKey(key), text, 'PX', Math.ceil(seconds * 1000));
      };
      await ask(inRedis, () => fallback.remember(key, text, seconds));
    },
    recall: (key) =>
      ask(
        // Of what somebody else has put there no more than a text of ours may be long; an empty one is how Redis says that there is none.
        async (redis) => (await redis.getrange(textKey(key), 0, maxTextBytes - 1)) || null,
        () => fallback.recall(key),
      ),
    check: async () => {
      await opened;
      if (isReady()) await probe();
      if (isReady() && outage.reason === undefined) return;
      throw new SluiceError('REDIS_UNAVAILABLE', outage.reason ?? `Redis at ${config.host}:${config.port} is not connected`);
    },
    close: async () => {
      if (!isClosed) {
        const isThere = isReady();
        isClosed = true;
        // Waits for what is under way, at most `timeout_ms`.
        if (isThere) await client.quit().catch(() => undefined);
        client.disconnect();
      }
      await fallback.close();
    },
  };
}

function connectionOptions(config: RedisConfig, retryStrategy: (attempt: number) => number): RedisOptions & { replyMapping?: 'legacy' } {
  return {
    retryStrategy,
    host: config.host,
    port: config.port,
    db: config.db,
    keyPrefix: config.key_prefix,
    ...(config.username === undefined ? {} : { username: config.username }),
    ...(config.password === undefined ? {} : { password: config.password }),
    ...(config.tls ? { tls: config.tls_ca === undefined ? {} : { ca: config.tls_ca } } : {}),
    connectTimeout: config.timeout_ms,
    commandTimeout: config.timeout_ms,
    disconnectTimeout: config.timeout_ms,
    enableOfflineQueue: false,
    // A call that a broken connection interrupts is answered by this process at once, and never sent a second time.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  };
}

/** Resolves when the first attempt to connect has come to anything, so that what is asked at the start is already shared. */
function firstOutcome(client: Redis, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    for (const event of ['ready', 'close', 'end'] as const) {
      client.once(event, () => {
        clearTimeout(timer);
        resolve();
      });
    }
  });
}

const counterKey = (key: string): string => `counter:${bounded(key)}`;
const textKey = (key: string): string => `text:${bounded(key)}`;
const sessionKey = (key: string): string => `session:${bounded(key)}`;

function bounded(key: string): string {
  return key.length <= maxKeyLength ? key : createHash('sha256').update(key).digest('base64url');
}
