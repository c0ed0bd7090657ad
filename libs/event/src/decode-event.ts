/**
 * Back from JSON text to an event: for records that come from a topic, to which anybody may write.
 */
import { logEventSchema } from './event-schema.ts';
import { completeEvent, isPlainEvent } from './plain-event.ts';

import type { LogEvent } from './log-event.ts';

export type DecodedEvent = { readonly event: LogEvent } | { readonly problem: string };

/** The day of the last event that the schema accepted: it is a day of the calendar. */
let knownDay = '';
const isKnownDay = (day: string): boolean => day === knownDay;

/**
 * The event that a parsed JSON object is, or the first thing that is wrong with it. The object may become the event.
 *
 * Invariant: gives back exactly what `encodeEvent` wrote; the event has every base field, null where it was left out.
 * Errors: never throws, whatever the object holds. Cost: about 0.3 us; 2 us for what only the schema can tell.
 */
export function decodeEvent(value: unknown): DecodedEvent {
  if (isObject(value) && isPlainEvent(value, isKnownDay)) return { event: completeEvent(value) };
  const result = logEventSchema.safeParse(value);
  if (result.success) {
    knownDay = result.data.timestamp?.slice(0, 10) ?? knownDay;
    return { event: result.data };
  }
  const issue = result.error.issues[0];
  const place = issue?.path.map(String).join('.').slice(0, 100) ?? '';
  return { problem: `${place === '' ? 'the event' : place}: ${issue?.message ?? 'not an event'}`.slice(0, 300) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
