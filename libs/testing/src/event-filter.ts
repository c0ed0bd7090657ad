/**
 * What the fake store groups and filters events by, written as plainly as possible: it is the yardstick of the real ones.
 */
import type { EnrichedEvent } from '@sluice/event';
import type { EventFilter, FilterField } from '@sluice/ports';

export type FieldValue = string | number | boolean;

/** The values an event shows in a field: none when it is unknown, several for classes and rules of threats. */
export function fieldValues(event: EnrichedEvent, field: FilterField): FieldValue[] {
  switch (field) {
    case 'status_class':
      return event.status === null ? [] : [`${Math.floor(event.status / 100)}xx`];
    case 'bot_name':
      return event.bot === undefined ? [] : [event.bot.name];
    case 'bot_kind':
      return event.bot === undefined ? [] : [event.bot.kind];
    case 'bot_claim':
      return event.bot === undefined ? [] : [event.bot.claim];
    case 'threat_class':
      return [...new Set(event.threats?.map((threat) => threat.class))];
    case 'threat_rule':
      return [...new Set(event.threats?.map((threat) => threat.rule))];
    default: {
      const value = event[field];
      return value === null || value === undefined ? [] : [value];
    }
  }
}

/** True when every condition holds; an event without a time is in no range of time. */
export function matchesFilter(event: EnrichedEvent, filter: EventFilter): boolean {
  if (filter.from !== undefined && !(timeOf(event) >= Date.parse(filter.from))) return false;
  if (filter.to !== undefined && !(timeOf(event) < Date.parse(filter.to))) return false;
  return Object.entries(filter.equals ?? {}).every(([field, value]) => fieldValues(event, field as FilterField).includes(value));
}

/** Milliseconds since the epoch; NaN without a time. */
export function timeOf(event: EnrichedEvent): number {
  return event.timestamp === null ? Number.NaN : Date.parse(event.timestamp);
}
