export { createMemorySharedState } from './memory-shared-state.ts';
export { createRedisSharedState } from './redis-shared-state.ts';
export type { RedisSharedState, RedisSharedStateDeps } from './redis-shared-state.ts';
