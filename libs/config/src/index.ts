export { configSchema } from './schema.ts';
export type { Config, DuckDbConfig, MonitoringConfig, PerformanceConfig, RetryConfig, SecurityConfig, SourceConfig } from './schema.ts';
