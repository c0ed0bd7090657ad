/**
 * Telemetry and logging that remember what they were told.
 */
import type { IndexingTelemetry, IngestionTelemetry, Logger, TransportTelemetry } from '@sluice/ports';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly logger: string;
  readonly message: string;
  readonly data: Record<string, unknown> | undefined;
}

export interface RecordingLogger extends Logger {
  /** Of this logger and all named ones made from it, in order. */
  readonly entries: LogEntry[];
  /** Messages of one level. */
  messages(level: LogEntry['level']): string[];
}

/** Creates a logger that keeps every entry. */
export function createRecordingLogger(name = 'test', entries: LogEntry[] = []): RecordingLogger {
  const at = (level: LogEntry['level']) => (message: string, data?: Record<string, unknown>) => {
    entries.push({ level, logger: name, message, data });
  };
  return {
    entries,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    named: (child) => createRecordingLogger(child, entries),
    messages: (level) => entries.filter((entry) => entry.level === level).map((entry) => entry.message),
  };
}

export type TelemetryName = keyof IngestionTelemetry | keyof IndexingTelemetry | keyof TransportTelemetry;

export interface TelemetryCall {
  readonly name: TelemetryName;
  readonly values: readonly (string | number | null)[];
}

export interface RecordingTelemetry extends IngestionTelemetry, IndexingTelemetry, TransportTelemetry {
  readonly calls: TelemetryCall[];
  /**
   * The sum over the calls of one name, of those whose first values are these labels: of the count where it has one
   * (the first number), of calls where it has none.
   */
  total(name: TelemetryName, ...labels: string[]): number;
}

/** Creates all telemetries in one object. */
export function createRecordingTelemetry(): RecordingTelemetry {
  const calls: TelemetryCall[] = [];
  const record =
    (name: TelemetryName) =>
    (...values: (string | number | null)[]) => {
      calls.push({ name, values });
    };
  return {
    calls,
    total: (name, ...labels) => {
      let sum = 0;
      for (const call of calls) {
        if (call.name !== name || labels.some((label, index) => call.values[index] !== label)) continue;
        const count = call.values.find((value) => typeof value === 'number');
        sum += typeof count === 'number' ? count : 1;
      }
      return sum;
    },
    linesReceived: record('linesReceived'),
    linesDeadLettered: record('linesDeadLettered'),
    linesDropped: record('linesDropped'),
    batchPublished: record('batchPublished'),
    rateLimitHits: record('rateLimitHits'),
    bytesBehind: record('bytesBehind'),
    filesWatched: record('filesWatched'),
    rotationSeen: record('rotationSeen'),
    recordsReceived: record('recordsReceived'),
    recordsStored: record('recordsStored'),
    recordsDuplicate: record('recordsDuplicate'),
    recordsDeadLettered: record('recordsDeadLettered'),
    recordsDropped: record('recordsDropped'),
    recordsReturned: record('recordsReturned'),
    stage: record('stage'),
    eventToStored: record('eventToStored'),
    threats: record('threats'),
    bots: record('bots'),
    storeRetry: record('storeRetry'),
    storeErrors: record('storeErrors'),
    breaker: record('breaker'),
    alertRaised: record('alertRaised'),
    connectionsChanged: record('connectionsChanged'),
    lag: record('lag'),
    lagSeconds: record('lagSeconds'),
    publishRetry: record('publishRetry'),
    rebalanced: record('rebalanced'),
  };
}
