import assert from 'node:assert/strict';
import { test } from 'node:test';

import kafkajs from 'kafkajs';

import { createGroupMembership } from './group-membership.ts';
import { membershipTrouble } from './membership.ts';

test('tells a rebalance, a lost membership and anything else apart', () => {
  const protocol = (type: string): Error => new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 0 }));
  assert.equal(membershipTrouble(protocol('REBALANCE_IN_PROGRESS')), 'rebalancing');
  for (const type of ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']) assert.equal(membershipTrouble(protocol(type)), 'lost');
  for (const other of [protocol('REQUEST_TIMED_OUT'), new Error('x'), 'x', null, undefined, { type: 5 }])
    assert.equal(membershipTrouble(other), null);
});

test('voids a membership as soon as another one begins', () => {
  const group = createGroupMembership();
  group.joining();
  const first = group.current;
  group.joined([0, 1]);
  assert.equal(first.signal.aborted, false);
  assert.deepEqual([group.isJoined, group.partitions], [true, [0, 1]]);
  group.rebalancing();
  assert.deepEqual([group.isJoined, first.signal.aborted], [false, false]);
  group.joining();
  assert.equal(first.signal.aborted, true);
  assert.notEqual(group.current, first);
  group.joined([1]);
  const reason = new Error('over');
  group.end(reason);
  assert.equal(group.current.signal.reason, reason);
  assert.deepEqual([group.isJoined, group.partitions], [false, []]);
});
