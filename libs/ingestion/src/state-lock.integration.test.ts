import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';

import { createBench } from './ingestion-fixture.ts';
import { acquireStateLock, stateSocketPath } from './state-lock.ts';

import type { Bench } from './ingestion-fixture.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});
afterEach(() => bench.remove());

const isLocked = (error: unknown): boolean => isSluiceError(error, 'STATE_LOCKED');

test('a second owner is refused until the first one is gone', async () => {
  const first = await acquireStateLock(bench.state, createNetServer());
  await assert.rejects(acquireStateLock(bench.state, createNetServer()), isLocked);
  await first.release();
  await first.release();
  const second = await acquireStateLock(bench.state, createNetServer());
  await second.release();
});

test('of many that come at once one gets it', async () => {
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => acquireStateLock(bench.state, createNetServer())));
  const held = results.filter((result) => result.status === 'fulfilled');
  assert.equal(held.length, 1);
  for (const result of held) await result.value.release();
});

test('the socket is for its owner only, and answers what the server answers', async () => {
  const lock = await acquireStateLock(
    bench.state,
    createServer((_request, response) => response.end('here')),
  );
  assert.equal(statSync(lock.socketPath).mode & 0o777, 0o600);
  const answer = await new Promise<string>((resolve, reject) => {
    get({ socketPath: lock.socketPath, path: '/' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
  assert.equal(answer, 'here');
  await lock.release();
});

test('a lock of a process that was killed is taken over', async () => {
  mkdirSync(bench.state);
  const socketPath = await stateSocketPath(bench.state);
  const code = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await assert.rejects(acquireStateLock(bench.state, createNetServer()), isLocked);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const results = await Promise.allSettled([acquireStateLock(bench.state, createNetServer()), acquireStateLock(bench.state, createNetServer())]);
  const held = results.filter((result) => result.status === 'fulfilled');
  assert.equal(held.length, 1);
  for (const result of held) await result.value.release();
});

test('a folder too deep for a socket has one elsewhere', async () => {
  const deep = join(bench.state, 'a-rather-long-folder-name/'.repeat(6));
  const lock = await acquireStateLock(deep, createNetServer());
  await assert.rejects(acquireStateLock(deep, createNetServer()), isLocked);
  await lock.release();
});
