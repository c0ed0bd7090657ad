import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { bucketCount, chooseBucketSeconds } from './bucket-width.ts';
import { formatBytes, formatCount, formatDuration, formatMilliseconds, formatShare } from './format-quantity.ts';

test('numbers read well at their edges', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual([0, 999, 1000, 1500, 999_949, 999_950, 62_300_000, 5e18].map(formatBytes), ['0 B', '999 B', '1.0 kB', '1.5 kB', '1.0 MB', '1.0 MB', '62.3 MB', '5000 PB']); // prettier-ignore
  assert.deepEqual(
    [formatShare(0, 0), formatShare(0, 9), formatShare(1, 900), formatShare(1, 3), formatShare(3, 3)],
    ['0%', '0%', '<1%', '33%', '100%'],
  );
  assert.deepEqual([0, 1, 59, 60, 90, 3600, 5400, 86_400, 259_000].map(formatDuration), ['0 seconds', '1 second', '59 seconds', '1 minute', '90 seconds', '1 hour', '90 minutes', '1 day', '3 days']); // prettier-ignore
  assert.deepEqual([0.25, 9.96, 12.4, 999, 1240].map(formatMilliseconds), ['0.3 ms', '10 ms', '12 ms', '999 ms', '1.24 s']);
});

test('the bucket width keeps to its bound and is the smallest that does', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62e12, max: 253e12 }), fc.nat({ max: 3e14 }), fc.integer({ min: 2, max: 200 }), (firstMs, spanMs, most) => {
      const width = chooseBucketSeconds(firstMs, firstMs + spanMs, most);
      assert.ok(bucketCount(firstMs, firstMs + spanMs, width) <= most);
      if (width > 1) assert.ok(bucketCount(firstMs, firstMs + spanMs, width / 5) > most / 8, `${width} s is wider than needed`);
    }),
  );
  assert.equal(chooseBucketSeconds(0, 3 * 86_400_000 - 1, 60), 7200);
});
