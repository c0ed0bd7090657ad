import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { createRecordingLogger, temporaryFolder } from '@sluice/testing';

import { createReloadingInspector } from './reloading-inspector.ts';

const requestFor = (target: string) => ({
  ip: '203.0.113.9',
  user: null,
  method: 'GET',
  target,
  protocol: 'HTTP/1.1',
  status: 200,
  bytes: 5,
  referer: null,
  host: null,
  userAgent: null,
  raw: null,
});
const rule = (text: string) => `rules:\n  - { id: LOCAL-001, score: 7, contains: ${text} }\n`;

async function open(t: { after(hook: () => unknown): void }, text: string) {
  const file = join(await temporaryFolder(t), 'rules.yml');
  writeFileSync(file, text);
  const logger = createRecordingLogger();
  const inspector = await createReloadingInspector({ rulesFile: file, targetCache: 100, pollIntervalMs: 3_600_000 }, { logger });
  t.after(() => inspector.close());
  const scoreOf = (target: string): number => inspector.inspect(requestFor(target)).score;
  const settle = async () => {
    await inspector.refresh();
    await inspector.refresh();
  };
  return { file, logger, inspector, scoreOf, settle };
}

test('a new version takes the place of the old one, with nothing remembered', async (t) => {
  const { file, logger, inspector, scoreOf, settle } = await open(t, rule('/old-admin'));
  assert.deepEqual([scoreOf('/old-admin'), scoreOf('/old-admin'), scoreOf('/new-admin')], [7, 7, 0]);
  const before = inspector.cacheStats();
  writeFileSync(file, rule('[/new-admin]'));
  await settle();
  assert.deepEqual([scoreOf('/old-admin'), scoreOf('/new-admin')], [0, 7]);
  assert.ok(inspector.cacheStats().hits >= before.hits, 'counters never go back');
  assert.deepEqual(logger.messages('warn'), []);
});

test('a broken version is one warning with every error, and changes nothing; so is a missing one', async (t) => {
  const { file, logger, scoreOf, settle } = await open(t, rule('/old-admin'));
  writeFileSync(file, 'rules:\n  - { id: lower, score: 7, contains: /x }\nsilence:\n  - { class: nothing }\n');
  await settle();
  await settle();
  assert.equal(scoreOf('/old-admin'), 7);
  assert.equal(logger.messages('warn').length, 1);
  assert.match(logger.messages('warn')[0] ?? '', /rules\.yml:2: .*\n.*rules\.yml:4: .*\n.*stay in force/);
  rmSync(file);
  await settle();
  assert.equal(scoreOf('/old-admin'), 7);
  assert.equal(logger.messages('warn').length, 2);
  writeFileSync(file, 'silence: []\n');
  await settle();
  assert.equal(scoreOf('/old-admin'), 0);
});

test('half a file is not read: it has to look the same twice', async (t) => {
  const { file, inspector, scoreOf } = await open(t, rule('/old-admin'));
  writeFileSync(file, rule('/other-admin'));
  await inspector.refresh();
  assert.equal(scoreOf('/old-admin'), 7);
});

test('a file that is wrong at the start is refused with every line', async (t) => {
  await assert.rejects(open(t, 'rules:\n  - { id: LOCAL-001 }\n'), (error) => {
    assert.ok(isSluiceError(error, 'RULES_INVALID'));
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /rules\.yml:2: rules\[0\]\.score/);
    assert.match(error.message, /rules\.yml:2: rules\[0\]\.contains/);
    return true;
  });
});
