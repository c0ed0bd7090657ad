import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';
import kafkajs from 'kafkajs';

import { maxSendBytes, sendSplitting } from './send-splitting.ts';

const tooLarge = (): Error => new kafkajs.KafkaJSProtocolError(Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE', code: 10 }));
const recordOf = (bytes: number) => ({ key: null, value: Buffer.alloc(bytes) });

test('gets every record through that fits, in order, and names every one that does not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 }), fc.integer({ min: 50, max: 150 }), async (sizes, limit) => {
      const records = sizes.map(recordOf);
      const through: typeof records = [];
      const refused = await sendSplitting(records, (part) => {
        if (part.reduce((sum, { value }) => sum + value.length, 0) > limit) return Promise.reject(tooLarge());
        through.push(...part);
        return Promise.resolve();
      });
      assert.deepEqual(through, records.filter(({ value }) => value.length <= limit)); // prettier-ignore
      assert.deepEqual(refused, records.filter(({ value }) => value.length > limit)); // prettier-ignore
    }),
  );
});

test('does not even try what brokers would hang up on', async () => {
  const big = { key: null, value: Buffer.alloc(maxSendBytes / 2 + 1) };
  const parts: number[] = [];
  const send = (part: readonly unknown[]): Promise<void> => {
    parts.push(part.length);
    return Promise.resolve();
  };
  assert.deepEqual(await sendSplitting([big, big, big], send), []);
  assert.deepEqual(parts, [1, 1, 1]);
  await sendSplitting([], send);
  assert.equal(parts.length, 3);
});

test('passes on every other error', async () => {
  const error = new Error('no broker');
  await assert.rejects(
    sendSplitting([recordOf(1), recordOf(1)], () => Promise.reject(error)),
    error,
  );
});
