/**
 * Sends a batch that may be too large for the brokers: in halves, down to single records. Only they know their limit,
 * and it counts compressed bytes, so the way to find out is to try.
 */
import { isTooLarge } from './kafka-error.ts';

import type { EncodedOutput } from './publish-driver.ts';

/** Far below what brokers read of one request (socket.request.max.bytes, 100 MB): beyond it they hang up without a word. */
export const maxSendBytes = 33_554_432;

/**
 * Sends all records in order, each part acknowledged before the next.
 *
 * Shape: the single records that were refused, in order; all others are durable.
 * Errors: whatever `send` rejects with that is not about size; what was sent before stays sent.
 */
export async function sendSplitting<T extends EncodedOutput>(records: readonly T[], send: (part: readonly T[]) => Promise<void>): Promise<T[]> {
  const refused: T[] = [];
  // The next part is at the end.
  const parts: (readonly T[])[] = [records];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length === 0) continue;
    if (part.length > 1 && totalBytes(part) > maxSendBytes) {
      parts.push(...halves(part));
      continue;
    }
    try {
      await send(part);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (part.length === 1) refused.push(...part);
      else parts.push(...halves(part));
    }
  }
  return refused;
}

/** In the order of a stack: the first half is taken first. */
function halves<T>(part: readonly T[]): [readonly T[], readonly T[]] {
  const middle = Math.ceil(part.length / 2);
  return [part.slice(middle), part.slice(0, middle)];
}

function totalBytes(records: readonly EncodedOutput[]): number {
  let bytes = 0;
  for (const { value } of records) bytes += value.length;
  return bytes;
}
