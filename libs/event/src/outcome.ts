/**
 * How a line ends. Outcomes are values; exceptions are bugs or failures of a dependency.
 * received = stored + duplicate + dead_lettered + dropped + in flight.
 */

import type { LogEvent } from './log-event.ts';

export const dropReasons = ['blank', 'rate_limited'] as const;
export type DropReason = (typeof dropReasons)[number];

/** What a store says of one item of a batch. */
export type StoreOutcome =
  | { readonly kind: 'stored' }
  /** The id was there already: success. */
  | { readonly kind: 'duplicate' }
  /** The store will never take this document, of which it kept the event; its neighbours are unharmed. */
  | { readonly kind: 'rejected'; readonly message: string; readonly event: LogEvent };

export const stored: StoreOutcome = Object.freeze({ kind: 'stored' });
export const duplicate: StoreOutcome = Object.freeze({ kind: 'duplicate' });
