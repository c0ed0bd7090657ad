import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { createRecordingLogger, temporaryFolder } from '@sluice/testing';

import { openBotVerification } from './bot-verification.ts';

import type { Bot } from '@sluice/event';

const bot = (name: string): Bot => ({ name, kind: 'search', claim: 'claimed' });
const listOf = (...ranges: string[]): string =>
  JSON.stringify({ creationTime: '2026-01-01', prefixes: ranges.map((ipv4Prefix) => ({ ipv4Prefix })) });

async function open(t: { after(hook: () => unknown): void }, files: Record<string, string>, named?: string[]) {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const logger = createRecordingLogger();
  const paths = named?.map((name) => join(folder, name)) ?? [folder];
  const verification = await openBotVerification(paths, { logger, pollIntervalMs: 3_600_000 });
  t.after(() => verification.close());
  const settle = async () => {
    await verification.refresh();
    await verification.refresh();
  };
  return { folder, logger, verification, settle };
}

test('each file of a folder is the list of the bot it is named after', async (t) => {
  const { verification, logger } = await open(t, {
    'googlebot.json': listOf('192.0.2.0/24'),
    'bingbot.partial.txt': '198.51.100.0/24\n',
    'note.md': 'x',
  });
  const claims = [
    verification.verify(bot('Googlebot-Image'), '192.0.2.9'),
    verification.verify(bot('Googlebot'), '203.0.113.9'),
    verification.verify(bot('bingbot'), '198.51.100.9'),
    verification.verify(bot('bingbot'), '203.0.113.9'),
    verification.verify(bot('Applebot'), '203.0.113.9'),
  ];
  assert.deepEqual(claims, ['verified', 'spoofed', 'verified', 'unknown', 'unknown']);
  assert.deepEqual(logger.messages('warn'), []);
});

test('a missing list is one warning and nobody is called false; it is used once it is there, and kept when the next is broken', async (t) => {
  const { folder, verification, logger, settle } = await open(t, {}, ['googlebot.json']);
  assert.equal(verification.verify(bot('Googlebot'), '203.0.113.9'), 'unknown');
  await settle();
  assert.equal(logger.messages('warn').length, 1);
  writeFileSync(join(folder, 'googlebot.json'), listOf('192.0.2.0/24'));
  await settle();
  assert.equal(verification.verify(bot('Googlebot'), '203.0.113.9'), 'spoofed');
  writeFileSync(join(folder, 'googlebot.json'), listOf('no range'));
  await settle();
  assert.equal(verification.verify(bot('Googlebot'), '192.0.2.9'), 'verified');
  assert.match(logger.messages('warn')[1] ?? '', /stays in use/);
});

test('a list that comes into a folder is taken over, and one that leaves it stays in use, with a warning', async (t) => {
  const { folder, verification, logger, settle } = await open(t, {});
  assert.equal(verification.verify(bot('Googlebot'), '203.0.113.9'), 'unknown');
  writeFileSync(join(folder, 'googlebot.json'), listOf('192.0.2.0/24'));
  await settle();
  assert.equal(verification.verify(bot('Googlebot'), '203.0.113.9'), 'spoofed');
  rmSync(join(folder, 'googlebot.json'));
  await settle();
  assert.equal(verification.verify(bot('Googlebot'), '203.0.113.9'), 'spoofed');
  assert.match(logger.messages('warn').join(), /googlebot\.json.*stays in use/);
});

test('a folder that is missing is one warning, and its lists are used once it is there', async (t) => {
  const { folder, verification, logger, settle } = await open(t, {}, ['ranges']);
  await settle();
  mkdirSync(join(folder, 'ranges'));
  writeFileSync(join(folder, 'ranges', 'googlebot.json'), listOf('192.0.2.0/24'));
  await settle();
  assert.equal(verification.verify(bot('Googlebot'), '203.0.113.9'), 'spoofed');
  assert.equal(logger.messages('warn').length, 1);
});
