export { configSchema } from './schema.ts';
export type {
  Config,
  DuckDbConfig,
  ElasticsearchConfig,
  KafkaConfig,
  MonitoringConfig,
  PerformanceConfig,
  RedisConfig,
  RetryConfig,
  SecurityConfig,
  SourceConfig,
} from './schema.ts';
export { defaultConfigPath, loadConfig } from './load-config.ts';
export type { LoadConfigOptions, LoadedConfig, ValueOrigin } from './load-config.ts';
export type { ConfigProblem } from './config-problem.ts';
export { describeConfig, printConfig } from './print-config.ts';
export { renderDefaultConfig, writeDefaultConfig } from './render-default-config.ts';
export { renderConfigurationDocs } from './render-configuration-docs.ts';
