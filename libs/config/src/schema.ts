/**
 * The one schema of the one YAML file. Every field has a default, a range, a unit in its description;
 * `docs/configuration.md` and the file that `config init` writes are generated from it.
 */
import { z } from 'zod';

const strings = (...initial: string[]) => z.array(z.string().min(1)).default(initial);
const ms = (initial: number, max = 86_400_000) => z.int().min(1).max(max).default(initial);

const pipeline = z.strictObject({
  transport: z
    .enum(['memory', 'kafka'])
    .default('memory')
    .describe('How ingest hands events to the indexer: inside this process, or by a Kafka topic.'),
  store: z.enum(['duckdb', 'opensearch']).default('duckdb').describe('Where events are stored.'),
});

const source = z.strictObject({
  paths: strings().describe('Files, globs and folders to follow.'),
  include: strings('*access*', '*.log').describe('Which files of a folder are read, with their rotated and compressed forms.'),
  exclude: strings('*error*').describe('Which files of a folder are left out.'),
  format: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .default('auto')
    .describe(
      '`auto`, a nickname (common, combined, vhost_combined, combinedio, referer, agent), a LogFormat string, or a list of them tried in order.',
    ),
  id: z.string().min(1).optional().describe('Name of this source in events and event ids; the host name when left out.'),
  max_line_bytes: z.int().min(1024).max(1_048_576).default(65_536).describe('Longer lines become dead letters, cut to this size. Bytes.'),
  poll_interval_ms: ms(250, 60_000).describe('How often followed files are looked at besides file system events. Milliseconds.'),
});

const kafka = z.strictObject({
  bootstrap_servers: strings('localhost:9092').describe('Kafka brokers, `host:port`.'),
  topic: z.string().min(1).max(249).default('web_logs').describe('Topic that carries events; dead letters go to `<topic>.dlq`.'),
});

const elasticsearch = z.strictObject({
  host: z.string().min(1).default('http://localhost:9200').describe('OpenSearch address.'),
  index: z.string().min(1).default('web_logs').describe('Index name or prefix.'),
  bulk_size: z.int().min(1).max(10_000).default(1000).describe('Documents in one bulk request.'),
});

const redis = z.strictObject({
  host: z.string().min(1).default('localhost').describe('Redis host.'),
  port: z.int().min(1).max(65_535).default(6379).describe('Redis port.'),
  db: z.int().min(0).max(15).default(0).describe('Redis database number.'),
});

const monitoring = z.strictObject({
  alert_threshold: z
    .int()
    .min(1)
    .default(100)
    .describe('Flagged requests of one address, or pipeline failures, within the window that raise one alert.'),
  window_seconds: z.int().min(1).max(86_400).default(300).describe('Length of the alert window. Seconds.'),
  alert_webhook: z.url().optional().describe('Address that gets each alert as a JSON POST.'),
  metrics_host: z.string().min(1).default('127.0.0.1').describe('Address that health and metrics listen on.'),
  metrics_port: z.int().min(0).max(65_535).default(8000).describe('Port for health and metrics; 0 takes a free one.'),
  health_interval_seconds: z.int().min(1).max(3600).default(30).describe('How often health is logged. Seconds.'),
});

const security = z.strictObject({
  enable_geo_enrichment: z.boolean().default(true).describe('Look up country and city of addresses.'),
  enable_threat_detection: z.boolean().default(true).describe('Look for attacks in requests; off gives `security_threat: null`.'),
  enable_bot_detection: z.boolean().default(true).describe('Recognise bots by their user agent; off gives `is_bot: null`.'),
});

const geoip = z.strictObject({
  database: z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .optional()
    .describe('Path, or list of paths, of MMDB files (city, country, ASN); the DB-IP Lite city database of the installation when left out.'),
});

const performance = z.strictObject({
  max_workers: z.int().min(1).max(64).default(4).describe('Batches in work at once.'),
  batch_size: z.int().min(1).max(100_000).default(1000).describe('Lines in a batch.'),
  batch_bytes: z.int().min(65_536).max(67_108_864).default(4_194_304).describe('Bytes of log lines in a batch.'),
  batch_age_ms: ms(100, 60_000).describe('A batch is sent at this age even when it is not full. Milliseconds.'),
  rate_limit: z.int().min(0).default(0).describe('Lines a second for this process; 0 is no limit.'),
  rate_limit_action: z
    .enum(['delay', 'drop'])
    .default('delay')
    .describe('What happens to lines over the limit: they wait (nothing lost), or they are dropped and counted.'),
  rate_limit_dead_letters: z.boolean().default(false).describe('Keep dropped lines as dead letters.'),
  address_cache: z.int().min(0).max(10_000_000).default(50_000).describe('Addresses whose location is remembered.'),
  user_agent_cache: z.int().min(0).max(10_000_000).default(10_000).describe('User agents whose analysis is remembered.'),
  target_cache: z.int().min(0).max(10_000_000).default(20_000).describe('Request targets whose verdict is remembered.'),
});

const state = z.strictObject({
  directory: z.string().min(1).default('data').describe('Folder for checkpoints and the database, relative to the working folder.'),
  database: z.string().min(1).optional().describe('DuckDB file; `<state.directory>/sluice.duckdb` when left out.'),
});

const duckdb = z.strictObject({
  memory_limit_mb: z.int().min(64).max(1_048_576).default(150).describe('Memory DuckDB may use for itself. MiB.'),
  threads: z.int().min(1).max(256).default(2).describe('Threads DuckDB may use.'),
  retention_days: z.int().min(0).max(36_500).default(0).describe('Events older than this are removed; 0 keeps them. Days.'),
  query_timeout_seconds: z.int().min(1).max(86_400).default(60).describe('A query is stopped after this. Seconds.'),
});

const retry = z.strictObject({
  attempts: z.int().min(0).max(1_000_000).default(0).describe('How often a failed call is tried again before the pipeline pauses; 0 tries for ever.'),
  first_delay_ms: ms(200, 600_000).describe('Longest delay before the first retry; it doubles each time, with jitter. Milliseconds.'),
  max_delay_ms: ms(10_000, 3_600_000).describe('Longest delay between retries. Milliseconds.'),
});

const logging = z.strictObject({
  level: z.enum(['error', 'warn', 'info', 'debug']).default('info').describe('Lowest level that is logged.'),
});

const shutdown = z.strictObject({
  deadline_seconds: z.int().min(1).max(3600).default(20).describe('How long work in progress may take to finish after SIGTERM. Seconds.'),
});

export const configSchema = z.strictObject({
  pipeline: pipeline.prefault({}).describe('How the parts are joined.'),
  source: source.prefault({}).describe('The access logs.'),
  state: state.prefault({}).describe('What this process keeps on disk.'),
  duckdb: duckdb.prefault({}).describe('The embedded store.'),
  kafka: kafka.prefault({}).describe('Kafka, for the services.'),
  elasticsearch: elasticsearch.prefault({}).describe('OpenSearch, for the services.'),
  redis: redis.optional().describe('Redis; off without this section.'),
  security: security.prefault({}).describe('Enrichment and detection.'),
  geoip: geoip.prefault({}).describe('Location databases.'),
  performance: performance.prefault({}).describe('Batches, limits and caches.'),
  retry: retry.prefault({}).describe('Retries of a store that fails.'),
  monitoring: monitoring.prefault({}).describe('Health, metrics and alerts.'),
  logging: logging.prefault({}).describe('Log output.'),
  shutdown: shutdown.prefault({}).describe('Ending.'),
});

/** The whole configuration, defaults filled in. */
export type Config = z.output<typeof configSchema>;
export type SourceConfig = Config['source'];
export type PerformanceConfig = Config['performance'];
export type MonitoringConfig = Config['monitoring'];
export type SecurityConfig = Config['security'];
export type RetryConfig = Config['retry'];
export type DuckDbConfig = Config['duckdb'];
