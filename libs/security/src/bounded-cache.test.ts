import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import fc from 'fast-check';

import { createBoundedCache } from './bounded-cache.ts';

test('never holds more than its size, and answers only what was put in last', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 30 }), value: fc.integer(), write: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 12 }), fc.array(step, { maxLength: 200 }), (size, steps) => {
      const cache = createBoundedCache<string, number>(size);
      const truth = new Map<string, number>();
      for (const { key, value, write } of steps) {
        const name = `key ${key}`;
        if (write) {
          cache.set(name, value);
          truth.set(name, value);
        } else {
          const found = cache.get(name);
          if (found !== undefined) assert.equal(found, truth.get(name));
        }
        assert.ok(cache.stats().entries <= size);
      }
      const { hits, misses } = cache.stats();
      assert.equal(hits + misses, steps.filter(({ write }) => !write).length);
    }),
  );
});

test('uses all of its size: as many keys as it holds are all remembered', () => {
  const cache = createBoundedCache<string, number>(10);
  for (let round = 0; round < 3; round++) for (let i = 0; i < 10; i++) cache.set(`key ${i}`, i);
  for (let i = 0; i < 10; i++) assert.equal(cache.get(`key ${i}`), i);
  assert.equal(cache.stats().entries, 10);
});

test('keeps what is asked for and forgets the rest', () => {
  const cache = createBoundedCache<string, number>(10);
  cache.set('popular', 1);
  for (let i = 0; i < 100; i++) {
    cache.set(`once ${i}`, i);
    assert.equal(cache.get('popular'), 1);
  }
  assert.equal(cache.get('once 0'), undefined);
});

test('does not remember long keys, nor anything with size 0', () => {
  const cache = createBoundedCache<string, number>(10);
  cache.set('x'.repeat(1025), 1);
  cache.set('x'.repeat(1024), 2);
  assert.equal(cache.get('x'.repeat(1025)), undefined);
  assert.equal(cache.get('x'.repeat(1024)), 2);
  const none = createBoundedCache<string, number>(0);
  none.set('a', 1);
  assert.equal(none.get('a'), undefined);
  assert.deepEqual(none.stats(), { hits: 0, misses: 1, entries: 0 });
});

test('is empty after clear', () => {
  const cache = createBoundedCache<string, number>(4);
  for (const key of ['a', 'b', 'c']) cache.set(key, 1);
  cache.clear();
  assert.equal(cache.stats().entries, 0);
  assert.equal(cache.get('a'), undefined);
});

test('does not keep the lines alive that its keys were cut from', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const cache = createBoundedCache<string, number>(2000);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 1000; i++) {
    const line = `2001:db8:0:0:0:0:0:${i.toString(16)} ${'x'.repeat(60_000)}`.split('').join('');
    cache.set(line.slice(0, line.indexOf(' ')), i);
  }
  collect();
  assert.equal(cache.stats().entries, 1000);
  assert.ok(process.memoryUsage().heapUsed - before < 10_000_000);
});
