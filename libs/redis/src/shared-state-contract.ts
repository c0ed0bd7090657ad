/**
 * What SharedState promises, as tests: run on the in-memory twin and on a real Redis.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { SharedState } from '@sluice/ports';

export interface StateUnderTest {
  readonly state: SharedState;
  /** Resolves when the condition holds, letting time pass. */
  readonly until: (condition: () => Promise<boolean>) => Promise<unknown>;
}

/** Registers the tests; `open` gives each a state in which nothing is known yet. */
export function describeSharedStateContract(name: string, open: () => Promise<StateUnderTest>): void {
  void test(`${name} counts by key`, async () => {
    const { state } = await open();
    assert.equal(await state.increment('a', 2, 60), 2);
    assert.equal(await state.increment('b', 1, 60), 1);
    assert.equal(await state.increment('a', 3, 60), 5);
    assert.equal(await state.increment('a', 0, 60), 5);
  });

  void test(`${name} forgets a counter when its window has passed since the first increment, whatever came after`, async () => {
    const { state, until } = await open();
    assert.equal(await state.increment('a', 1, 1), 1);
    assert.equal(await state.increment('a', 1, 1), 2);
    await until(async () => (await state.increment('a', 1, 1)) === 1);
  });

  void test(`${name} counts every one of many increments at once`, async () => {
    const { state } = await open();
    const values = await Promise.all(Array.from({ length: 500 }, () => state.increment('a', 1, 60)));
    assert.deepEqual(
      values.sort((a, b) => a - b),
      Array.from({ length: 500 }, (_, index) => index + 1),
    );
  });

  void test(`${name} goes on with a session within the idle time, over batches, and begins one after it`, async () => {
    const { state } = await open();
    const visit = (key: string, seconds: number) => ({ key, atMs: 1_750_000_000_000 + seconds * 1000 });
    const start = (seconds: number): number => visit('', seconds).atMs;
    assert.deepEqual(await state.sessions([visit('a', 0), visit('b', 5), visit('a', 30)], 30), [start(0), start(5), start(0)]);
    assert.deepEqual(await state.sessions([visit('a', 60), visit('a', 91), visit('b', 36)], 30), [start(0), start(91), start(36)]);
  });

  void test(`${name} takes visits in any order: late ones join their session, those from before it stand alone`, async () => {
    const { state } = await open();
    const at = (atMs: number) => ({ key: 'a', atMs });
    assert.deepEqual(
      await state.sessions([at(100_000), at(90_000), at(69_000), at(110_000), at(139_000)], 30),
      [100_000, 100_000, 69_000, 100_000, 100_000],
    );
  });

  void test(`${name} takes any text as a key, and no visits at all`, async () => {
    const { state } = await open();
    const keys = ['', ' ', '\r\n', '{a}', 'é', '\u0000', 'x'.repeat(5000), `${'x'.repeat(5000)}y`];
    const visits = keys.map((key, index) => ({ key, atMs: index * 1_000_000 }));
    assert.deepEqual(
      await state.sessions(visits, 30),
      visits.map(({ atMs }) => atMs),
    );
    for (const [index, key] of keys.entries()) assert.equal(await state.increment(key, index + 1, 60), index + 1);
    assert.deepEqual(await state.sessions([], 30), []);
  });

  void test(`${name} keeps a text under a key until its time is over, and takes another in its place`, async () => {
    const { state, until } = await open();
    assert.equal(await state.recall('a'), null);
    await state.remember('a', 'one', 60);
    await state.remember('a', 'é \u0000 two', 60);
    await state.remember('x'.repeat(5000), 'long', 60);
    await state.remember('b', 'short', 1);
    assert.equal(await state.recall('a'), 'é \u0000 two');
    assert.equal(await state.recall('x'.repeat(5000)), 'long');
    assert.equal(await state.recall(`${'x'.repeat(5000)}y`), null);
    await until(async () => (await state.recall('b')) === null);
    assert.equal(await state.increment('a', 0, 60), 0, 'a counter of that name is something else');
  });
}
