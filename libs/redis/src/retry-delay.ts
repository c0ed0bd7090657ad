import type { RedisConfig } from '@sluice/config';

/**
 * How long to wait before the next attempt to connect, in ms: doubling from the first delay to the longest, or at once the
 * longest where Redis was reached and refused, of which between a half and all by chance, so that replicas do not come in step.
 */
export function retryDelayMs(
  config: Pick<RedisConfig, 'retry_first_delay_ms' | 'retry_max_delay_ms'>,
  attempt: number,
  isRefused: boolean,
  random: () => number = Math.random,
): number {
  const longest = config.retry_max_delay_ms;
  const delay = isRefused ? longest : Math.min(longest, config.retry_first_delay_ms * 2 ** Math.min(attempt - 1, 30));
  return Math.round(delay * (0.5 + random() / 2));
}
