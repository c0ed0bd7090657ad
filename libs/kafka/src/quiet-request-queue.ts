/**
 * kafkajs 2.2.4 runs a timer of 1 ms per connection for ever, also when nothing waits: 923 wake-ups a second and 1.8 %
 * CPU for an idle producer and consumer, and a warning about a negative timeout. This gives it a timer only when
 * requests wait (0.34 %, 34 wake-ups, no warning).
 *
 * Source: kafkajs issues 1604 and 1751; `docs/adr/0007-two-kafka-clients.md`.
 */
import kafkajs from 'kafkajs/package.json' with { type: 'json' };
// @ts-expect-error -- kafkajs has no types for what is inside
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const overloadedDelayMs = 10;
const patchedVersion = '2.2.4';

interface QueuePrototype {
  scheduleCheckPendingRequests?: unknown;
  checkPendingRequests?: unknown;
}

/** What of the queue the schedule reads and writes. */
interface QueueState {
  readonly pending: unknown;
  readonly throttledUntil: unknown;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

/** Replaces the schedule. Shape: false when this is not the kafkajs it was written for; then nothing is changed. */
export function quietRequestQueues(): boolean {
  const { prototype } = RequestQueue as { prototype: QueuePrototype };
  if (kafkajs.version !== patchedVersion || !looksAsExpected(prototype)) return false;
  prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
  return true;
}

function looksAsExpected(prototype: QueuePrototype): boolean {
  return typeof prototype.scheduleCheckPendingRequests === 'function' && typeof prototype.checkPendingRequests === 'function';
}

/** A request that waits is sent when the throttle ends, or, of too many in flight, when one of them is answered; the timer is the safety net. */
function scheduleCheckPendingRequests(this: QueueState): void {
  if (this.throttleCheckTimeoutId !== null) return;
  if (Array.isArray(this.pending) && this.pending.length === 0) return;
  const throttledMs = Number(this.throttledUntil) - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : overloadedDelayMs,
  );
}
