/**
 * Stores items by bulk requests, each with an outcome of its own.
 *
 *   items -> cut by count and bytes -> send, two at once -> classify each item
 *              ^ refused as a whole: in halves |              | busy: these items again, after a pause
 *
 * Invariants: the outcomes align with the items; an item is `rejected` only for what it holds; what the cluster
 * acknowledged is never sent again in the same call.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { SluiceError } from '@sluice/errors';

import { beginAttempt, completeOutcomes, openPositions } from './bulk-call.ts';
import { createBulkSender } from './bulk-sender.ts';

import type { BulkCall, ItemOutcome } from './bulk-call.ts';
import type { BulkLimits } from './bulk-items.ts';
import type { BulkSenderDeps } from './bulk-sender.ts';

export interface BulkWriter {
  /**
   * Stores what is still open of a call; after a failure it may be called again with the same call.
   * Errors: STORE_UNAVAILABLE, STORE_FULL, STORE_UNAUTHORIZED.
   */
  write(call: BulkCall): Promise<ItemOutcome[]>;
}

export interface BulkWriterDeps extends BulkSenderDeps {
  /** Waits between rounds; a test need not. */
  readonly pause?: ((ms: number) => Promise<unknown>) | undefined;
}

/** Rounds for items the cluster is too busy for, about three seconds in all; then the caller waits, for longer. */
const maxRounds = 5;
const firstPauseMs = 200;

export function createBulkWriter(limits: BulkLimits, deps: BulkWriterDeps): BulkWriter {
  const sender = createBulkSender(limits, deps);
  const pause = deps.pause ?? ((ms: number) => delay(ms));
  return {
    write: async (call) => {
      beginAttempt(call);
      for (let round = 1; ; round++) {
        await sender.send(call, openPositions(call));
        if (call.failure !== null) throw call.failure;
        const open = openPositions(call).length;
        if (open === 0) return completeOutcomes(call);
        if (round === maxRounds) throw busyError(open, call.busyReason);
        // Half fixed, half random, so that replicas refused together do not come back together.
        await pause(firstPauseMs * 2 ** (round - 1) * (0.5 + Math.random() / 2));
      }
    },
  };
}

function busyError(count: number, reason: string | null): SluiceError {
  const hint = 'The cluster is overloaded: fewer indexers, longer `elasticsearch.refresh_interval_seconds` or more nodes help; nothing is lost.';
  return new SluiceError('STORE_UNAVAILABLE', `OpenSearch is too busy for ${count} events: ${reason ?? 'no reason given'}`, { hint });
}
