/**
 * Counters and sessions of a configuration: shared through Redis where it is configured, else of this process.
 */
import { messageOf } from '@sluice/errors';
import { createMemorySharedState, createRedisSharedState } from '@sluice/redis';

import type { Config } from '@sluice/config';
import type { Clock, Logger, SharedState } from '@sluice/ports';
import type { ComponentCheck, ComponentHealth } from '@sluice/telemetry';

export interface OpenSharedState {
  readonly state: SharedState;
  /** Health by component; empty without Redis. */
  readonly checks: Readonly<Record<string, ComponentCheck>>;
}

/** Opens it; Redis need not be there. */
export function openSharedState(config: Config, deps: { logger: Logger; clock: Clock }): OpenSharedState {
  const own = createMemorySharedState(deps.clock);
  if (config.redis === undefined) return { state: own, checks: {} };
  const state = createRedisSharedState(config.redis, { logger: deps.logger, fallback: own });
  return { state, checks: { redis: () => checkRedis(() => state.check()) } };
}

/** Without Redis everything goes on, by process: that is degraded, not failed. */
async function checkRedis(check: () => Promise<void>): Promise<ComponentHealth> {
  try {
    await check();
    return { status: 'ok' };
  } catch (error) {
    return { status: 'degraded', message: messageOf(error) };
  }
}
