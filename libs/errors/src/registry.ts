/**
 * Every error code, once. `docs/errors.md` is generated from this table.
 * retryable: the same call may succeed later, unchanged. exitCode: what a command ends with.
 */
interface ErrorKind {
  readonly retryable: boolean;
  readonly exitCode: 1 | 2;
  /** What happened, for the generated page. */
  readonly meaning: string;
  /** What the operator does about it. */
  readonly remedy: string;
}

const kind = (retryable: boolean, exitCode: 1 | 2, meaning: string, remedy: string): ErrorKind => ({
  retryable,
  exitCode,
  meaning,
  remedy,
});

export const errorRegistry = {
  USAGE: kind(false, 2, 'The command line was not understood.', 'Read `sluice --help` or the help of the command.'),
  CONFIG_INVALID: kind(
    false,
    2,
    'The configuration has errors; all of them are listed with their lines.',
    'Correct the named lines; `sluice config validate` checks without connecting to anything.',
  ),
  CONFIG_NOT_FOUND: kind(
    false,
    2,
    'The file given by --config does not exist or cannot be read.',
    'Check the path, or create one with `sluice config init`.',
  ),
  RULES_INVALID: kind(
    false,
    2,
    'The rules file has errors, all of them listed with their lines, or cannot be read.',
    'Correct the named lines; `sluice rules test FILE` checks a file and runs the examples of its rules.',
  ),
  LOG_FORMAT_INVALID: kind(
    false,
    2,
    'A LogFormat string could not be compiled.',
    'Copy the LogFormat line from the Apache configuration as it stands.',
  ),
  LOG_FORMAT_UNKNOWN: kind(
    false,
    1,
    'No known log format fits the first lines of a file.',
    'Give the format with `source.format` (the LogFormat string of the server), or skip this check with --force.',
  ),
  SOURCE_UNREADABLE: kind(true, 1, 'A log file, folder or glob is missing or cannot be read.', 'Check the path and its permissions.'),
  SOURCE_CORRUPT: kind(
    false,
    1,
    'A compressed log is damaged or cut off; what could be read was kept.',
    'Get an intact copy and run it again: nothing is stored twice.',
  ),
  STATE_LOCKED: kind(false, 1, 'Another process uses the same state folder.', 'Stop that process, or give this one its own `state.directory`.'),
  STATE_UNWRITABLE: kind(true, 1, 'The state folder cannot be written.', 'Check free space and permissions of `state.directory`.'),
  STORE_LOCKED: kind(
    true,
    1,
    'Another process holds the database file.',
    'Wait for it to end or stop it; reading commands ask a running daemon by themselves.',
  ),
  STORE_UNAVAILABLE: kind(
    true,
    1,
    'The event store does not accept writes for now.',
    'Nothing is lost: reading pauses and goes on by itself once the store recovers.',
  ),
  STORE_FULL: kind(
    true,
    1,
    'The disk that holds the event store is full.',
    'Free some space; what was acknowledged is kept and reading goes on by itself.',
  ),
  STORE_CORRUPT: kind(
    false,
    1,
    'The database file is damaged or was written by something else.',
    'Restore it from a backup, or move it away and read the logs again.',
  ),
  STORE_UNAUTHORIZED: kind(
    true,
    1,
    'The event store refuses the credentials, or what they may do.',
    'Correct `elasticsearch.username` and `password` or the rights of that user; nothing is lost meanwhile: reading pauses.',
  ),
  KAFKA_UNAVAILABLE: kind(
    true,
    1,
    'No broker answers, or the topic cannot take records for now.',
    'Check `kafka.bootstrap_servers` and the brokers; nothing is lost: reading pauses and goes on by itself.',
  ),
  KAFKA_UNAUTHORIZED: kind(
    true,
    1,
    'The brokers refuse the credentials, the certificate, or what they may do.',
    'Correct the `kafka.sasl_*` and `kafka.tls*` settings or the rights of that user; nothing is lost meanwhile.',
  ),
  KAFKA_TOPIC_MISSING: kind(
    true,
    1,
    'The topic does not exist and the brokers do not create it.',
    'Create it, or set `kafka.create_topic: true`; nothing is lost meanwhile.',
  ),
  KAFKA_UNSUPPORTED: kind(
    false,
    1,
    'The brokers are too old for this client.',
    'Set `kafka.producer: kafkajs`, which works with older brokers, or upgrade them to 3.5 or newer.',
  ),
  REDIS_UNAVAILABLE: kind(
    true,
    1,
    'Redis does not answer.',
    'What is shared by Redis is counted in each process until it is back; nothing else changes.',
  ),
  QUERY_REJECTED: kind(
    false,
    2,
    'The query is not a single read-only SELECT over the tables events and dead_letters.',
    'Rewrite the query; `sluice query --help` shows examples.',
  ),
  QUERY_FAILED: kind(false, 1, 'The database could not run the query.', 'Correct the SQL; the message names the place.'),
  QUERY_LIMIT: kind(false, 1, 'The query ran longer or needed more memory than a query may.', 'Narrow it down by time, aggregate, or add LIMIT.'),
  PORT_IN_USE: kind(false, 1, 'The port for health and metrics is taken.', 'Choose another `monitoring.metrics_port`, or stop what listens there.'),
  DEADLINE_EXCEEDED: kind(
    true,
    1,
    'Work was not finished before its deadline.',
    'Nothing is lost: what was not acknowledged is read again at the next start.',
  ),
  UNSUPPORTED_RUNTIME: kind(
    false,
    1,
    'This Node.js is too old or this platform is not supported.',
    'Run through npm after `npm ci`, or install Node.js 24.',
  ),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorRegistry;
