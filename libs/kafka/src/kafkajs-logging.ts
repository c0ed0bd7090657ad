/**
 * What kafkajs logs, through our logger. It calls ordinary life of a group an error and repeats itself; what matters
 * reaches the operator from our own code, so its lines are warnings at most, and few.
 */
import { logLevel } from 'kafkajs';

import type { Clock, Logger } from '@sluice/ports';
import type { LogEntry, logCreator } from 'kafkajs';

/** Not news: what publisher and consumer report themselves, and the ordinary life of groups and topics. */
const ordinary = [
  /^Connection |^Failed to (connect|send)|^Response |ECONNREFUSED|Closed connection/,
  /larger than the max|batch larger than/,
  /rebalanc|re-?join|coordinator|member id|generation id/i,
  /no leader|leadership election|does not host this topic/i,
];
const repeatAfterMs = 60_000;
const maxKinds = 200;

/** Builds the log of one kafkajs client: each kind of line at most once a minute. */
export function createKafkaJsLog(logger: Logger, clock: Clock): logCreator {
  const saidAtMs = new Map<string, number>();
  return () =>
    ({ level, log }: LogEntry) => {
      const error = textOf(log['error']);
      const data = { message: log.message, error, broker: textOf(log['broker']), topic: textOf(log['topic']) };
      if ((level !== logLevel.ERROR && level !== logLevel.WARN) || ordinary.some((words) => words.test(`${log.message} ${error ?? ''}`))) {
        logger.debug(log.message, data);
        return;
      }
      const kind = `${log.message}\n${error ?? ''}`;
      const nowMs = clock.now();
      if (nowMs - (saidAtMs.get(kind) ?? -Infinity) < repeatAfterMs) return;
      if (saidAtMs.size >= maxKinds) saidAtMs.clear();
      saidAtMs.set(kind, nowMs);
      logger.warn(`kafkajs: ${log.message}`, withoutUndefined({ error: data.error, broker: data.broker, topic: data.topic }));
    };
}

function textOf(value: unknown): string | undefined {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : undefined;
}

function withoutUndefined(data: Record<string, string | undefined>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
