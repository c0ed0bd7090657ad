/**
 * The event as a zod schema, for records that come from outside (a Kafka topic anyone may write to)
 * and for tests. The hot path of our own process never runs it.
 */
import { z } from 'zod';

import type { LogEvent } from './log-event.ts';

const text = z.string();
const count = z.int().nonnegative();

/** Accepts exactly what `encodeEvent` writes; fields that are absent are null or left out. */
export const logEventSchema: z.ZodType<LogEvent> = z.strictObject({
  timestamp: z.iso.datetime({ offset: false }).nullable().default(null),
  ip_address: text.nullable().default(null),
  method: text.nullable().default(null),
  path: text.nullable().default(null),
  status: z.int().min(0).max(999).nullable().default(null),
  bytes_sent: count.nullable().default(null),
  referer: text.nullable().default(null),
  user_agent: text.nullable().default(null),
  event_id: text.min(1).max(256),
  // A dead letter repeats them, and has to fit wherever the event did not.
  source: text.max(4096),
  log_file: text.max(4096),
  log_offset: count,
  client_host: text.optional(),
  host: text.optional(),
  port: z.int().min(0).max(65_535).optional(),
  user: text.optional(),
  protocol: text.optional(),
  query: text.optional(),
  request: text.optional(),
  response_time_ms: z.number().nonnegative().optional(),
  request_bytes: count.optional(),
  extra: z.record(text, z.union([text, z.number()])).optional(),
});
