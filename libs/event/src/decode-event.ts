/**
 * Back from JSON text to an event: for records that come from a topic, to which anybody may write.
 */
import { logEventSchema } from './event-schema.ts';

import type { LogEvent } from './log-event.ts';

export type DecodedEvent = { readonly event: LogEvent } | { readonly problem: string };

/**
 * The event that a parsed JSON object is, or the first thing that is wrong with it.
 *
 * Invariant: gives back exactly what `encodeEvent` wrote; the event has every base field, null where it was left out.
 * Errors: never throws, whatever the object holds. Cost: about 1 us.
 */
export function decodeEvent(value: unknown): DecodedEvent {
  const result = logEventSchema.safeParse(value);
  if (result.success) return { event: result.data };
  const issue = result.error.issues[0];
  const place = issue?.path.map(String).join('.').slice(0, 100) ?? '';
  return { problem: `${place === '' ? 'the event' : place}: ${issue?.message ?? 'not an event'}`.slice(0, 300) };
}
