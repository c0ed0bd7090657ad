import assert from 'node:assert/strict';
import { test } from 'node:test';

// @ts-expect-error -- kafkajs has no types for what is inside
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

import { quietRequestQueues } from './quiet-request-queue.ts';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}

function createQueue(): Queue {
  const QueueClass = RequestQueue as new (options: object) => Queue;
  const logger = { debug: () => undefined };
  return new QueueClass({ maxInFlightRequests: 1, requestTimeout: 1000, enforceRequestTimeout: false, clientId: 'c', broker: 'b', logger });
}

test('has a timer only while requests wait', () => {
  assert.equal(quietRequestQueues(), true);
  const queue = createQueue();
  queue.scheduleCheckPendingRequests();
  assert.equal(queue.throttleCheckTimeoutId, null);
  queue.pending = [{}];
  queue.scheduleCheckPendingRequests();
  const timer = queue.throttleCheckTimeoutId as NodeJS.Timeout | null;
  assert.notEqual(timer, null);
  queue.scheduleCheckPendingRequests();
  assert.equal(queue.throttleCheckTimeoutId, timer);
  queue.destroy();
});

test('leaves a kafkajs alone that is built in another way', () => {
  const { prototype } = RequestQueue as { prototype: Record<string, unknown> };
  const original = prototype['checkPendingRequests'];
  prototype['checkPendingRequests'] = undefined;
  assert.equal(quietRequestQueues(), false);
  prototype['checkPendingRequests'] = original;
  assert.equal(quietRequestQueues(), true);
});
