/**
 * What is known of the items of a batch, over all attempts to store them: what was acknowledged once is not sent again,
 * so that an item this process stored is never mistaken for a duplicate afterwards.
 */
import { SluiceError } from '@sluice/errors';

import { classifyError } from './classify-error.ts';

import type { BulkItems } from './bulk-items.ts';
import type { ItemReply } from './bulk-reply.ts';

export type ItemOutcome = { readonly kind: 'stored' } | { readonly kind: 'duplicate' } | { readonly kind: 'rejected'; readonly message: string };

export interface BulkCall {
  readonly items: BulkItems;
  /** Aligned with the items; undefined: not known yet. */
  readonly outcomes: (ItemOutcome | undefined)[];
  /** Position of an item whose id came before in the same batch -> position of the first. */
  readonly repeats: ReadonlyMap<number, number>;
  /** Of this attempt: why the cluster was too busy for some. */
  busyReason: string | null;
  /** Of this attempt: the first reason why nothing can be stored. */
  failure: Error | null;
  /** Of this attempt: whether the cluster takes bulk requests at all; asked when one of a single document is refused. */
  takesBulk: Promise<boolean> | null;
}

const stored: ItemOutcome = Object.freeze({ kind: 'stored' });
const duplicate: ItemOutcome = Object.freeze({ kind: 'duplicate' });

export function createCall(items: BulkItems): BulkCall {
  const outcomes = Array.from<ItemOutcome | undefined>({ length: items.ids.length });
  return { items, outcomes, repeats: findRepeats(items.ids), busyReason: null, failure: null, takesBulk: null };
}

/** Forgets what went wrong in the attempt before. */
export function beginAttempt(call: BulkCall): void {
  call.busyReason = null;
  call.failure = null;
  call.takesBulk = null;
}

/** Positions still to be sent, in order. */
export function openPositions({ outcomes, repeats }: BulkCall): number[] {
  const open: number[] = [];
  for (let at = 0; at < outcomes.length; at++) if (outcomes[at] === undefined && !repeats.has(at)) open.push(at);
  return open;
}

/** Keeps the first failure. */
export function failCall(call: BulkCall, error: Error): void {
  call.failure ??= error;
}

/** Takes what the cluster says of one item. */
export function settleItem(call: BulkCall, position: number, { status, error }: ItemReply): void {
  const verdict = error === null ? stored : classifyError(status, error);
  switch (verdict.kind) {
    case 'retry':
      call.busyReason = verdict.message;
      return;
    case 'paused': {
      const hint = verdict.hint === undefined ? {} : { hint: verdict.hint };
      failCall(call, new SluiceError(verdict.code, `OpenSearch refuses events: ${verdict.message}`, hint));
      return;
    }
    case 'duplicate':
      call.outcomes[position] = duplicate;
      return;
    default:
      call.outcomes[position] = verdict;
  }
}

function findRepeats(ids: readonly string[]): Map<number, number> {
  const firsts = new Map<string, number>();
  const repeats = new Map<number, number>();
  ids.forEach((id, at) => {
    const first = firsts.get(id);
    if (first === undefined) firsts.set(id, at);
    else repeats.set(at, first);
  });
  return repeats;
}

/** The outcomes when none is open any more; a repeat of what was stored, or there before, is a duplicate. */
export function completeOutcomes({ outcomes, repeats }: BulkCall): ItemOutcome[] {
  return outcomes.map((own, at) => {
    const first = repeats.get(at);
    const outcome = first === undefined ? own : outcomes[first];
    if (outcome === undefined) throw new Error(`item ${at} of a bulk call has no outcome`);
    return first !== undefined && outcome.kind === 'stored' ? duplicate : outcome;
  });
}
