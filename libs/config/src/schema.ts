/**
 * The one schema of the one YAML file. Every field has a default, a range, a unit and a sentence;
 * `docs/configuration.md` and the file that `config init` writes are generated from it.
 * `meta` holds what the generated texts need: `unit`, `example`, and `secret` for values that are never printed.
 */
import { z } from 'zod';

import { brokenRules } from './cross-field-rules.ts';

const strings = (...initial: string[]) => z.array(z.string().min(1)).default(initial);
const ms = (initial: number, max = 86_400_000) => z.int().min(1).max(max).default(initial);

const secret = (description: string, example: string) => z.string().min(1).optional().meta({ description, example, secret: true });
const pem = (description: string, example: string) => z.string().min(1).optional().meta({ description, example });
const attempts = (what: string) =>
  z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe(`How often ${what} is tried again before the process gives up and ends with exit code 1; 0 tries for ever.`);
const firstDelay = ms(200, 600_000).meta({
  description: 'Longest delay before the first retry; it doubles each time, with jitter.',
  unit: 'milliseconds',
});
const maxDelay = ms(10_000, 3_600_000).meta({ description: 'Longest delay between retries.', unit: 'milliseconds' });

const pipeline = z.strictObject({
  transport: z
    .enum(['memory', 'kafka'])
    .default('memory')
    .describe('How ingest hands events to the indexer: inside this process, or by a Kafka topic.'),
  store: z.enum(['duckdb', 'opensearch']).default('duckdb').describe('Where events are stored.'),
});

const source = z.strictObject({
  paths: strings().meta({ description: 'Files, globs and folders to follow.', example: ['/var/log/apache2/access.log'] }),
  include: strings('*access*', '*.log').describe('Which files of a folder are read, with their rotated and compressed forms.'),
  exclude: strings('*error*').describe('Which files of a folder are left out.'),
  format: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .default('auto')
    .describe(
      '`auto`, a nickname (common, combined, vhost_combined, combinedio, referer, agent), a LogFormat string, or a list of them tried in order.',
    ),
  id: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Name of this source in events and event ids; the host name when left out.', example: 'web-1' }),
  max_line_bytes: z
    .int()
    .min(1024)
    .max(1_048_576)
    .default(65_536)
    .meta({ description: 'Longer lines become dead letters, cut to this size.', unit: 'bytes' }),
  poll_interval_ms: ms(250, 60_000).meta({ description: 'How often followed files are looked at besides file system events.', unit: 'milliseconds' }),
});

const brokerPattern = /^[^\s,/]+:\d{1,5}$/;

const kafka = z.strictObject({
  bootstrap_servers: z
    .array(z.string().regex(brokerPattern, 'must be `host:port`'))
    .min(1)
    .default(['localhost:9092'])
    .meta({ description: 'Kafka brokers, `host:port`.', example: ['kafka-1:9092', 'kafka-2:9092'] }),
  // 249 is Kafka's limit; `.dlq` has to fit in too.
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,245}$/, 'must be 1 to 245 letters, digits, `.`, `_` or `-`')
    .default('web_logs')
    .describe('Topic that carries events; dead letters go to `<topic>.dlq`.'),
  client_id: z.string().min(1).max(200).default('sluice').describe('Name of this client in the logs of the brokers.'),
  group_id: z
    .string()
    .min(1)
    .max(200)
    .default('sluice-indexer')
    .describe('Consumer group of the indexers: replicas of one group share the partitions.'),
  producer: z
    .enum(['platformatic', 'kafkajs'])
    .default('platformatic')
    .describe(
      'Client that publishes: `platformatic` takes half the CPU and is made for brokers of version 3.5 and newer; one that it cannot talk to is answered with an error that names `kafkajs`, which works with older ones.',
    ),
  compression: z
    .enum(['snappy', 'zstd', 'lz4', 'gzip', 'none'])
    .default('snappy')
    .describe('Compression of published records: snappy costs least CPU, zstd makes the fewest bytes.'),
  create_topic: z
    .boolean()
    .default(false)
    .describe('Create the topic and its dead letter topic when they do not exist. Otherwise that is up to the brokers.'),
  partitions: z.int().min(1).max(10_000).default(12).describe('Partitions of a created topic; at most so many indexers share the work.'),
  replication: z.int().min(1).max(100).default(1).describe('Replicas of each partition of a created topic; 3 is usual with three brokers.'),
  tls: z.boolean().default(false).describe('Connect by TLS.'),
  tls_ca: pem('CA certificates that the brokers are checked against, PEM or `{file: path}`; those of Node.js when left out.', '${KAFKA_CA}'),
  tls_cert: pem('Client certificate, PEM or `{file: path}`.', '${KAFKA_CERT}'),
  tls_key: secret('Key of the client certificate, PEM or `{file: path}`.', '${KAFKA_KEY}'),
  tls_verify: z.boolean().default(true).describe('Refuse a broker whose certificate is not valid for its name.'),
  sasl_mechanism: z.enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512']).default('none').describe('How this client proves who it is.'),
  sasl_username: z.string().min(1).optional().meta({ description: 'User name for SASL.', example: 'sluice' }),
  sasl_password: secret('Password for SASL.', '${KAFKA_PASSWORD}'),
  session_timeout_ms: ms(10_000, 1_800_000).meta({
    description: 'A consumer that is silent for so long is dead: its partitions go to other members.',
    unit: 'milliseconds',
  }),
  fetch_max_bytes: z
    .int()
    .min(65_536)
    .max(67_108_864)
    .default(1_048_576)
    .meta({ description: 'Bytes fetched of one partition at a time, compressed.', unit: 'bytes' }),
  retry_attempts: attempts('a failed publish'),
  retry_first_delay_ms: firstDelay,
  retry_max_delay_ms: maxDelay,
});

const httpAddress = z.url({ protocol: /^https?$/, error: 'must be an address with http:// or https://' });

const elasticsearch = z.strictObject({
  host: z
    .union([httpAddress, z.array(httpAddress).min(1)])
    .default('http://localhost:9200')
    .describe('OpenSearch address, or a list of addresses of one cluster.'),
  index: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,199}$/, 'must begin with a letter or digit and hold only lower-case letters, digits, `.`, `_`, `-` (at most 200)')
    .default('web_logs')
    .describe('Alias that reads find all events by, and beginning of the names of indices: `web_logs-2026.11.22`.'),
  index_period: z
    .enum(['daily', 'monthly', 'none'])
    .default('daily')
    .describe('One index for each day or month of event time (`none`: one index for all).'),
  bulk_size: z.int().min(1).max(10_000).default(1000).describe('Documents in one bulk request; the default is the one that performs.'),
  bulk_bytes: z.int().min(65_536).max(104_857_600).default(8_388_608).meta({ description: 'Bytes of one bulk request.', unit: 'bytes' }),
  refresh_interval_seconds: z.int().min(-1).max(3600).default(5).meta({
    description: 'How soon a stored event is found; longer is cheaper, -1 never by itself.',
    unit: 'seconds',
  }),
  shards: z.int().min(1).max(1024).default(1).describe('Primary shards of a new index.'),
  replicas: z.int().min(0).max(100).default(1).describe('Copies of each shard; 0 on a cluster of one node.'),
  manage_template: z.boolean().default(true).describe('Install and update the index template at the start; off where an administrator does.'),
  username: z.string().min(1).optional().meta({ description: 'User name for basic authentication.', example: 'sluice' }),
  password: secret('Password for basic authentication.', '${OPENSEARCH_PASSWORD}'),
  tls_ca: pem('CA certificates that the cluster is checked against, PEM or `{file: path}`; those of Node.js when left out.', '${OPENSEARCH_CA}'),
  tls_verify: z.boolean().default(true).describe('Refuse a server whose certificate is not valid for its name.'),
  compression: z.boolean().default(false).describe('Compress requests with gzip: for slow networks, costs CPU.'),
  request_timeout_ms: ms(30_000, 600_000).meta({
    description: 'A request without an answer after this has failed and is tried again.',
    unit: 'milliseconds',
  }),
});

const redis = z.strictObject({
  host: z.string().min(1).default('localhost').describe('Redis host.'),
  port: z.int().min(1).max(65_535).default(6379).describe('Redis port.'),
  db: z.int().min(0).max(15).default(0).describe('Redis database number.'),
  username: z.string().min(1).optional().meta({ description: 'User name, where Redis has users.', example: 'sluice' }),
  password: secret('Password.', '${REDIS_PASSWORD}'),
  tls: z.boolean().default(false).describe('Connect by TLS.'),
  tls_ca: pem('CA certificates that the server is checked against, PEM or `{file: path}`; those of Node.js when left out.', '${REDIS_CA}'),
  key_prefix: z.string().max(100).default('sluice:').describe('Beginning of the names of all keys.'),
  timeout_ms: ms(1000, 60_000).meta({ description: 'A command without an answer after this is done in this process instead.', unit: 'milliseconds' }),
  retry_first_delay_ms: firstDelay,
  retry_max_delay_ms: maxDelay,
});

const sessions = z.strictObject({
  enabled: z.boolean().default(false).describe('Give requests of one address and user agent a `session_id`.'),
  idle_seconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(1800)
    .meta({ description: 'A session ends after so long without a request, in the time of the log.', unit: 'seconds' }),
});

const circuitBreaker = z.strictObject({
  failure_threshold: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Failed calls of the store in a row after which nothing is sent to it for a while; reading pauses.'),
  recovery_ms: ms(5_000, 3_600_000).meta({ description: 'After this one call tries whether the store is back.', unit: 'milliseconds' }),
});

const monitoring = z.strictObject({
  alert_threshold: z
    .int()
    .min(1)
    .default(100)
    .describe('Flagged requests of one address, or pipeline failures, within the window that raise one alert.'),
  window_seconds: z.int().min(1).max(86_400).default(300).meta({ description: 'Length of the alert window.', unit: 'seconds' }),
  scan_threshold: z
    .int()
    .min(0)
    .max(1000)
    .default(40)
    .describe('Different missing pages (404, 410) that one client asks for within the window that raise an alert; 0 for none.'),
  failed_login_threshold: z.int().min(0).default(20).describe('Failed logins of one client within the window that raise an alert; 0 for none.'),
  flood_threshold: z.int().min(0).default(6000).describe('Requests of one client within the window that raise an alert; 0 for none.'),
  watched_clients: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20_000)
    .describe(
      'Clients whose scans, logins and floods are counted at once, in each process by itself; who was not seen for longest is forgotten first.',
    ),
  alert_webhook: z
    .url({ protocol: /^https?$/, error: 'must be an address with http:// or https://' })
    .optional()
    .meta({ description: 'Address that gets each alert as a JSON POST.', example: '${ALERT_WEBHOOK}', secret: true }),
  metrics_host: z.string().min(1).default('127.0.0.1').describe('Address that health and metrics listen on.'),
  metrics_port: z.int().min(0).max(65_535).default(8000).describe('Port for health and metrics; 0 takes a free one.'),
  health_interval_seconds: z.int().min(1).max(3600).default(30).meta({ description: 'How often health is logged.', unit: 'seconds' }),
});

const security = z.strictObject({
  enable_geo_enrichment: z.boolean().default(true).describe('Look up country and city of addresses.'),
  enable_threat_detection: z.boolean().default(true).describe('Look for attacks in requests; off gives `security_threat: null`.'),
  enable_bot_detection: z.boolean().default(true).describe('Recognise bots by their user agent; off gives `is_bot: null`.'),
  rules_file: z.string().min(1).optional().meta({
    description: 'YAML file that adds, silences and weighs rules (docs/detection.md); read again when it changes.',
    example: 'config/rules.yml',
  }),
  bot_ranges: z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .optional()
    .meta({
      description:
        'Files, or folders of them, with the address ranges that operators publish for their bots, named after the bot (`googlebot.json`); read again when they change. Without any, a claim stays a claim.',
      example: 'config/bots',
    }),
  verify_bots_by_dns: z
    .boolean()
    .default(false)
    .describe('Ask DNS whether a bot is who it says, where no list tells; never waited for: a claim is unknown until the answer is there.'),
  mask: strings('default').describe(
    'Parameters and headers whose values are stored as `***` (`*` in a name is any text; `default`: the list in docs/rules.md). With any name, card numbers and signed tokens are masked too; [] masks nothing.',
  ),
  mask_in_ingest: z
    .boolean()
    .default(false)
    .describe('Mask before publishing, so that Kafka holds no secrets either; detection then does not see what was masked.'),
  anonymize_addresses: z
    .enum(['none', 'truncate', 'hash'])
    .default('none')
    .describe(
      'What is stored and logged for client addresses: as they are; their network (/24, IPv6 /48); a keyed hash that looks like an address. Location and detection see the whole address.',
    ),
  anonymize_key: z
    .string()
    .min(16, 'must be at least 16 characters')
    .optional()
    .meta({ description: 'Key of the hash; the same in every process.', example: '${ANONYMIZE_KEY}', secret: true }),
});

const geoip = z.strictObject({
  database: z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .optional()
    .meta({
      description: 'Path, or list of paths, of MMDB files (city, country, ASN); the DB-IP Lite city database of the installation when left out.',
      example: '/usr/share/GeoIP/GeoLite2-City.mmdb',
    }),
});

const performance = z.strictObject({
  max_workers: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('Batches in work at once; the embedded store gets twelve times as many, as those that come together share a transaction.'),
  batch_size: z.int().min(1).max(100_000).default(1000).describe('Lines in a batch; the default is the one that performs.'),
  batch_bytes: z.int().min(65_536).max(67_108_864).default(4_194_304).describe('Bytes of log lines in a batch.'),
  batch_age_ms: ms(100, 60_000).meta({ description: 'A batch is sent at this age even when it is not full.', unit: 'milliseconds' }),
  rate_limit: z.int().min(0).default(0).meta({ description: 'Lines a second for this process; 0 is no limit.', unit: 'lines per second' }),
  rate_limit_action: z
    .enum(['delay', 'drop'])
    .default('delay')
    .describe('What happens to lines over the limit: they wait (nothing lost), or they are dropped and counted.'),
  rate_limit_scope: z
    .enum(['process', 'shared'])
    .default('process')
    .describe('Whether the limit holds for each process, or for all processes that share a Redis together.'),
  rate_limit_dead_letters: z.boolean().default(false).describe('Keep dropped lines as dead letters.'),
  address_cache: z.int().min(0).max(10_000_000).default(50_000).describe('Addresses whose location is remembered.'),
  user_agent_cache: z.int().min(0).max(10_000_000).default(10_000).describe('User agents whose analysis is remembered.'),
  target_cache: z.int().min(0).max(10_000_000).default(20_000).describe('Request targets whose verdict is remembered.'),
});

const state = z.strictObject({
  directory: z.string().min(1).default('data').describe('Folder for checkpoints and the database, relative to the working folder.'),
  database: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'DuckDB file; `<state.directory>/sluice.duckdb` when left out.', example: 'data/sluice.duckdb' }),
});

const duckdb = z.strictObject({
  memory_limit_mb: z.int().min(64).max(1_048_576).default(80).meta({
    description: 'Memory DuckDB may use while it stores, queries of that process included; a command that reads by itself may use 512 at least.',
    unit: 'MiB',
  }),
  threads: z.int().min(1).max(256).default(1).describe('Threads DuckDB may use; more makes queries faster and storing dearer.'),
  retention_days: z.int().min(0).max(36_500).default(0).meta({ description: 'Events older than this are removed; 0 keeps them.', unit: 'days' }),
  query_timeout_seconds: z.int().min(1).max(86_400).default(60).meta({ description: 'A query is stopped after this.', unit: 'seconds' }),
});

const retry = z.strictObject({
  attempts: attempts('a failed call of the store'),
  first_delay_ms: firstDelay,
  max_delay_ms: maxDelay,
});

const logging = z.strictObject({
  level: z.enum(['error', 'warn', 'info', 'debug']).default('info').describe('Lowest level that is logged.'),
});

const startup = z.strictObject({
  deadline_seconds: z.int().min(0).max(86_400).default(60).meta({
    description: 'How long Kafka and OpenSearch may be missing at the start before the process ends with exit code 1; 0 waits without end.',
    unit: 'seconds',
  }),
});

const shutdown = z.strictObject({
  deadline_seconds: z
    .int()
    .min(1)
    .max(3600)
    .default(20)
    .meta({ description: 'How long work in progress may take to finish after SIGTERM.', unit: 'seconds' }),
});

export const configSchema = z
  .strictObject({
    pipeline: pipeline.prefault({}).describe('How the parts are joined.'),
    source: source.prefault({}).describe('The access logs.'),
    state: state.prefault({}).describe('What this process keeps on disk.'),
    duckdb: duckdb.prefault({}).describe('The embedded store.'),
    kafka: kafka.prefault({}).describe('Kafka, for the services.'),
    elasticsearch: elasticsearch.prefault({}).describe('OpenSearch, for the services.'),
    redis: redis.optional().describe('Redis; off without this section.'),
    sessions: sessions.prefault({}).describe('Visits, off by default.'),
    security: security.prefault({}).describe('Enrichment and detection.'),
    geoip: geoip.prefault({}).describe('Location databases.'),
    performance: performance.prefault({}).describe('Batches, limits and caches.'),
    retry: retry.prefault({}).describe('Retries of a store that fails.'),
    circuit_breaker: circuitBreaker.prefault({}).describe('What protects a store that fails.'),
    monitoring: monitoring.prefault({}).describe('Health, metrics and alerts.'),
    logging: logging.prefault({}).describe('Log output.'),
    startup: startup.prefault({}).describe('Beginning.'),
    shutdown: shutdown.prefault({}).describe('Ending.'),
  })
  .superRefine((config, context) => {
    for (const { path, message } of brokenRules((key) => valueAt(config, key))) context.addIssue({ code: 'custom', path: path.split('.'), message });
  });

function valueAt(config: Record<string, object | undefined>, path: string): unknown {
  const [section = '', key = ''] = path.split('.');
  return (config[section] as Record<string, unknown> | undefined)?.[key];
}

/** The whole configuration, defaults filled in. */
export type Config = z.output<typeof configSchema>;
export type SourceConfig = Config['source'];
export type PerformanceConfig = Config['performance'];
export type MonitoringConfig = Config['monitoring'];
export type SecurityConfig = Config['security'];
export type RetryConfig = Config['retry'];
export type DuckDbConfig = Config['duckdb'];
export type KafkaConfig = Config['kafka'];
export type ElasticsearchConfig = Config['elasticsearch'];
export type RedisConfig = NonNullable<Config['redis']>;
