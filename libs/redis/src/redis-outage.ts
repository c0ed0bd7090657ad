/**
 * Says once that Redis is away, and once that it is back, however often it is tried in between.
 */
import { messageOf } from '@sluice/errors';

import type { RedisConfig } from '@sluice/config';
import type { Logger } from '@sluice/ports';

/** Not reached; not let in; reached, but it does not take what it is given (full, read-only, not allowed to this user). */
export type OutageKind = 'unreachable' | 'unauthorized' | 'refusing';

export interface RedisOutage {
  /** Of the last failure; undefined while Redis is there. */
  readonly reason: string | undefined;
  has(kind: OutageKind): boolean;
  /** One warning for each kind, until it ends. */
  note(error: unknown): void;
  end(): void;
}

const meanwhile = 'counters and sessions are those of this process until it is back';

/** Creates the record of one connection's outages. */
export function createRedisOutage(config: Pick<RedisConfig, 'host' | 'port'>, logger: Logger): RedisOutage {
  const address = `${config.host}:${config.port}`;
  const kinds = new Set<OutageKind>();
  let reason: string | undefined;
  return {
    get reason() {
      return reason;
    },
    has: (kind) => kinds.has(kind),
    note: (error) => {
      const kind = classifyRedisError(error);
      reason = describe(kind, address, toMessage(error));
      if (kinds.has(kind)) return;
      kinds.add(kind);
      logger.warn(`${reason}; ${meanwhile}`);
    },
    end: () => {
      if (kinds.size > 0) logger.info(`Redis at ${address} is back: counters and sessions are shared again`);
      kinds.clear();
      reason = undefined;
    },
  };
}

function describe(kind: OutageKind, address: string, message: string): string {
  switch (kind) {
    case 'unauthorized':
      return `Redis at ${address} refuses the credentials: correct redis.password, or redis.username and the rights of that user (${message})`;
    case 'refusing':
      return `Redis at ${address} does not take data (${message})`;
    case 'unreachable':
      return `Redis at ${address} does not answer (${message})`;
  }
}

/** A call that a broken connection interrupts is told of the limit it reached, which is 0 and says nothing. */
function toMessage(error: unknown): string {
  return error instanceof Error && error.name === 'MaxRetriesPerRequestError' ? 'the connection was closed' : messageOf(error);
}

/** By the word that Redis begins its errors with; what is no answer of Redis is one of the connection. */
export function classifyRedisError(error: unknown): OutageKind {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return 'unreachable';
  return /^(WRONGPASS|NOAUTH)\b|invalid password/.test(error.message) ? 'unauthorized' : 'refusing';
}

/** True when Redis does its work, only that something else stands under this key: no outage, whatever it holds. */
export function isOfOneKey(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && /\bWRONGTYPE\b|\bvalue is not an integer\b/.test(error.message);
}
