import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AuthenticationError, MultipleErrors, NetworkError, ProtocolError, ResponseError, UnsupportedApiError, UserError } from '@platformatic/kafka';
import fc from 'fast-check';
import kafkajs from 'kafkajs';

import { SluiceError } from '@sluice/errors';

import { isTimeout, isTooLarge, isTopicMissing, toKafkaError } from './kafka-error.ts';

const codeOf = (error: unknown): string => toKafkaError(error, 'Doing').code;
const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });
const protocol = (type: string): Error => new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 0 }));

test('finds what an operator must do, however deep platformatic hides it', () => {
  const deep = (error: Error): Error => new MultipleErrors('metadata failed 4 times.', [new MultipleErrors('Cannot connect to any broker.', [new NetworkError('Connection failed.', { cause: error })])]); // prettier-ignore
  assert.equal(codeOf(deep(new AuthenticationError('SASL authentication failed.'))), 'KAFKA_UNAUTHORIZED');
  assert.equal(codeOf(deep(withCode('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'))), 'KAFKA_UNAUTHORIZED');
  assert.equal(codeOf(deep(new UserError('Broker requires TLS.'))), 'KAFKA_UNAUTHORIZED');
  assert.equal(codeOf(deep(new ProtocolError('TOPIC_AUTHORIZATION_FAILED'))), 'KAFKA_UNAUTHORIZED');
  assert.equal(codeOf(new UserError('Unknown topic web_logs.')), 'KAFKA_TOPIC_MISSING');
  assert.equal(codeOf(deep(withCode('connect ECONNREFUSED 127.0.0.1:9092', 'ECONNREFUSED'))), 'KAFKA_UNAVAILABLE');
  const { message } = toKafkaError(deep(withCode('connect ECONNREFUSED 127.0.0.1:9092', 'ECONNREFUSED')), 'Cannot publish');
  assert.equal(message, 'Cannot publish: connect ECONNREFUSED 127.0.0.1:9092');
});

test('names the other client where the brokers are too old for this one', () => {
  const error = toKafkaError(new UnsupportedApiError('No usable implementation found for API Produce.'), 'Cannot publish');
  assert.equal(error.code, 'KAFKA_UNSUPPORTED');
  assert.equal(error.retryable, false);
  assert.match(`${error.message} ${error.hint}`, /kafka\.producer: kafkajs/);
});

test('finds it in errors of kafkajs too', () => {
  const exceeded = (cause: Error): Error => new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 3, retryTime: 100 });
  assert.equal(codeOf(exceeded(protocol('GROUP_AUTHORIZATION_FAILED'))), 'KAFKA_UNAUTHORIZED');
  assert.equal(codeOf(exceeded(protocol('UNKNOWN_TOPIC_OR_PARTITION'))), 'KAFKA_TOPIC_MISSING');
  assert.equal(codeOf(exceeded(protocol('NOT_ENOUGH_REPLICAS'))), 'KAFKA_UNAVAILABLE');
  assert.equal(codeOf(new TypeError("Cannot read properties of null (reading 'topicMetadata')")), 'KAFKA_UNAVAILABLE');
  assert.match(toKafkaError(new TypeError('x'), 'Doing').message, /no broker answered/);
});

test('knows the errors that are dealt with in other ways', () => {
  for (const name of ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'] as const) {
    assert.ok(isTooLarge(protocol(name)));
    assert.ok(isTooLarge(new MultipleErrors('Producing failed.', [new ProtocolError(name)])));
  }
  assert.ok(isTooLarge(new ResponseError(0, 11, { '/responses/0': [10, 'too large'] }, {})));
  assert.ok(!isTooLarge(new NetworkError('Connection closed')));
  assert.ok(isTopicMissing(protocol('UNKNOWN_TOPIC_OR_PARTITION')));
  assert.ok(!isTopicMissing(new Error('x')));
  assert.ok(isTimeout(new MultipleErrors('x', [new NetworkError('Request timed out')])));
  assert.ok(!isTimeout(new NetworkError('Connection closed')));
});

test('leaves an error of ours as it is, and takes anything for an error', () => {
  const ours = new SluiceError('DEADLINE_EXCEEDED', 'late');
  assert.equal(toKafkaError(ours, 'Doing'), ours);
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      const error = toKafkaError(thrown, 'Doing');
      assert.equal(error.code, 'KAFKA_UNAVAILABLE');
      assert.ok(error.message.length < 400);
    }),
  );
  const circle = new Error('round');
  circle.cause = circle;
  assert.equal(codeOf(circle), 'KAFKA_UNAVAILABLE');
  assert.equal(toKafkaError(new Error('a\u001b[31m\nb'), 'Doing').message, 'Doing: a [31m b');
});
