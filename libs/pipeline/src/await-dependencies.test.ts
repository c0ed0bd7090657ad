import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SluiceError } from '@sluice/errors';
import { createRecordingLogger } from '@sluice/testing';

import { awaitDependencies } from './await-dependencies.ts';

const never = new AbortController().signal;
const away = () => Promise.reject(new SluiceError('KAFKA_UNAVAILABLE', 'no broker at localhost:9092', { hint: 'start it' }));

test('waits until all are there, saying once what is missing', async () => {
  const logger = createRecordingLogger();
  let left = 2;
  await awaitDependencies(
    { kafka: () => (left-- > 0 ? away() : Promise.resolve()), opensearch: () => Promise.resolve() },
    { deadlineSeconds: 0, signal: never },
    logger,
  );
  assert.deepEqual(logger.messages('warn'), ['Waiting for kafka: no broker at localhost:9092']);
  assert.deepEqual(logger.messages('info'), ['kafka is there.']);
});

test('gives up after the deadline with the error of what is missing', async () => {
  const waiting = awaitDependencies({ kafka: away }, { deadlineSeconds: 1, signal: never }, createRecordingLogger());
  await assert.rejects(waiting, (error: SluiceError) => {
    assert.equal(error.code, 'KAFKA_UNAVAILABLE');
    assert.match(error.message, /kafka was not there within 1 s: no broker/);
    assert.equal(error.hint, 'start it');
    return true;
  });
});

test('gives up at once where waiting cannot help', async () => {
  const old = () => Promise.reject(new SluiceError('KAFKA_UNSUPPORTED', 'brokers of version 3.4'));
  await assert.rejects(awaitDependencies({ kafka: old }, { deadlineSeconds: 0, signal: never }, createRecordingLogger()), {
    code: 'KAFKA_UNSUPPORTED',
  });
});

test('a signal ends the waiting without an error', async () => {
  const stop = new AbortController();
  const waiting = awaitDependencies({ kafka: away }, { deadlineSeconds: 0, signal: stop.signal }, createRecordingLogger());
  setImmediate(() => stop.abort());
  await waiting;
});
