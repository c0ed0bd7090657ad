import type { RedisConfig } from '@sluice/config';

/** A configuration for tests: short delays, and what the test sets. */
export function redisConfig(address: { readonly host: string; readonly port: number }, settings: Partial<RedisConfig> = {}): RedisConfig {
  return {
    host: address.host,
    port: address.port,
    db: 0,
    tls: false,
    key_prefix: 'sluice:',
    timeout_ms: 2_000,
    retry_first_delay_ms: 20,
    retry_max_delay_ms: 100,
    ...settings,
  };
}
