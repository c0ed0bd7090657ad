/** Against a DNS server of our own on loopback. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { after, before, describe, test } from 'node:test';

import { createFakeSharedState, createManualClock } from '@sluice/testing';

import { createNameVerifier, nameVerifierDefaults } from './verify-by-name.ts';

import type { Bot } from '@sluice/event';
import type { SharedAnswers } from './verify-by-name.ts';

const googlebot: Bot = { name: 'Googlebot', kind: 'search', claim: 'claimed' };
/** What the server knows: names of addresses and addresses of names. */
const names: Readonly<Record<string, string>> = {
  '1.2.0.192.in-addr.arpa': 'crawl-1.googlebot.com',
  '2.2.0.192.in-addr.arpa': 'crawl-2.googlebot.com',
  '3.2.0.192.in-addr.arpa': 'googlebot.com.evil.example',
};
const addresses: Readonly<Record<string, string>> = { 'crawl-1.googlebot.com': '192.0.2.1', 'crawl-2.googlebot.com': '203.0.113.9' };

const server = createSocket('udp4');
/** Takes questions and answers none. */
const deaf = createSocket('udp4');
const resolver = new Resolver({ timeout: 300, tries: 1 });
let asked = 0;

before(async () => {
  server.on('message', (question, from) => {
    asked++;
    server.send(answerTo(question), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => deaf.bind(0, '127.0.0.1', resolve));
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
});
after(() => {
  server.close();
  deaf.close();
});

const verifier = (overrides = {}, now = (): number => 0): ReturnType<typeof createNameVerifier> =>
  createNameVerifier({ ...nameVerifierDefaults, ...overrides }, { resolver, now });

async function settled(address: string, bot = googlebot): Promise<string> {
  const one = verifier();
  assert.equal(one.claim(bot, address), 'unknown');
  await one.idle();
  return one.claim(bot, address);
}

describe('a bot', () => {
  test('whose name leads there and back is verified', async () => {
    assert.equal(await settled('192.0.2.1'), 'verified');
  });

  test('whose name does not lead back, ends otherwise or is missing is false', async () => {
    assert.equal(await settled('192.0.2.2'), 'spoofed');
    assert.equal(await settled('192.0.2.3'), 'spoofed');
    assert.equal(await settled('192.0.2.4'), 'spoofed');
  });

  test('of whom nothing is published, or without an address, is unknown', async () => {
    assert.equal(await settled('192.0.2.1', { ...googlebot, name: 'Frobnibot' }), 'unknown');
    assert.equal(verifier().claim(googlebot, null), 'unknown');
  });

  test('is unknown while no server answers', async () => {
    const silent = new Resolver({ timeout: 50, tries: 1 });
    silent.setServers([`127.0.0.1:${deaf.address().port}`]);
    const one = createNameVerifier(nameVerifierDefaults, { resolver: silent, now: () => 0 });
    one.claim(googlebot, '192.0.2.1');
    await one.idle();
    assert.equal(one.claim(googlebot, '192.0.2.1'), 'unknown');
  });
});

test('answers are remembered for their time', async () => {
  let nowMs = 0;
  const one = verifier({ rememberMs: 1000 }, () => nowMs);
  one.claim(googlebot, '192.0.2.1');
  await one.idle();
  const before = asked;
  for (let i = 0; i < 10; i++) assert.equal(one.claim(googlebot, '192.0.2.1'), 'verified');
  assert.equal(asked, before);
  nowMs = 1001;
  assert.equal(one.claim(googlebot, '192.0.2.1'), 'unknown');
  await one.idle();
  assert.ok(asked > before);
});

test('look-ups are limited', async () => {
  const one = verifier({ perMinute: 3, concurrent: 2 });
  const before = asked;
  for (let i = 10; i < 60; i++) one.claim(googlebot, `192.0.2.${i}`);
  await one.idle();
  for (let i = 10; i < 60; i++) one.claim(googlebot, `192.0.2.${i}`);
  await one.idle();
  assert.ok(asked - before <= 3);
});

/** A response of one record, or that there is no such name. */
function answerTo(question: Buffer): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  const type = question.readUInt16BE(at + 1);
  const data =
    type === 12 && names[name] !== undefined
      ? encodeName(names[name])
      : type === 1 && addresses[name] !== undefined
        ? Buffer.from(addresses[name].split('.').map(Number))
        : null;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(data === null ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(data === null ? 0 : 1, 6);
  header.writeUInt32BE(0, 8);
  const asking = question.subarray(12, at + 5);
  if (data === null) return Buffer.concat([header, asking]);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([header, asking, record, data]);
}

function encodeName(name: string): Buffer {
  return Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);
}

describe('replicas', () => {
  const now = 1_790_000_000_000;
  const hour = 3_600_000;

  async function claimWith(shared: SharedAnswers, address: string, atMs = now): Promise<string> {
    const one = createNameVerifier(nameVerifierDefaults, { resolver, now: () => atMs, shared });
    one.claim(googlebot, address);
    await one.idle();
    return one.claim(googlebot, address);
  }

  test('ask DNS once between them, and forget what it said when it is a day old', async () => {
    const clock = createManualClock(now);
    const shared = createFakeSharedState(clock);
    const before = asked;
    assert.equal(await claimWith(shared, '192.0.2.1'), 'verified');
    const once = asked;
    assert.ok(once > before);
    clock.advance(23 * hour);
    assert.equal(await claimWith(shared, '192.0.2.1', clock.now()), 'verified');
    assert.equal(asked, once);
    clock.advance(2 * hour);
    assert.equal(await claimWith(shared, '192.0.2.1', clock.now()), 'verified');
    assert.ok(asked > once, 'asked again');
  });

  test('do not believe what is no answer, is too old, or is of another address', async () => {
    for (const told of [null, '', 'verified', 'claimed 1790000009999', 'verified -1', `verified ${now}`, 'verified 1e99', `verified ${now + 5} x`])
      assert.equal(await claimWith({ recall: () => Promise.resolve(told), remember: () => Promise.resolve() }, '192.0.2.4'), 'spoofed', String(told));
    const longLived = createNameVerifier(nameVerifierDefaults, {
      resolver,
      now: () => nowMs,
      shared: { recall: () => Promise.resolve(nowMs === now ? 'verified 999999999999999' : null), remember: () => Promise.resolve() },
    });
    let nowMs = now;
    longLived.claim(googlebot, '192.0.2.4');
    await longLived.idle();
    assert.equal(longLived.claim(googlebot, '192.0.2.4'), 'verified');
    nowMs += 25 * hour;
    longLived.claim(googlebot, '192.0.2.4');
    await longLived.idle();
    assert.equal(longLived.claim(googlebot, '192.0.2.4'), 'spoofed', 'no answer counts for longer than a day');
  });

  test('do not tell each other that DNS does not answer', async () => {
    const silent = new Resolver({ timeout: 50, tries: 1 });
    silent.setServers([`127.0.0.1:${deaf.address().port}`]);
    const shared = createFakeSharedState(createManualClock(now));
    const one = createNameVerifier(nameVerifierDefaults, { resolver: silent, now: () => now, shared });
    one.claim(googlebot, '192.0.2.1');
    await one.idle();
    assert.equal(await claimWith(shared, '192.0.2.1'), 'verified');
  });
});
