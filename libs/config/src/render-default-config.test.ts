import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { parse } from 'yaml';

import { fields } from './config-shape.ts';
import { configSchema, loadConfig, printConfig, renderConfigurationDocs, renderDefaultConfig, writeDefaultConfig } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the default file loads back to exactly the defaults, without a notice', () => {
  const path = join(folder, 'deep', 'er', 'config.yml');
  writeDefaultConfig(path);
  const { config, notices } = loadConfig({ path, env: {} });
  assert.deepEqual(config, configSchema.parse({}));
  assert.deepEqual(notices, []);
});

test('the default file names every key, and what is commented out is right once it is not', () => {
  const text = renderDefaultConfig();
  const keys = new Set(text.split('\n').map((line) => line.split(': ')[0]?.replaceAll(/[# ]/g, '')));
  for (const { key } of fields.values()) assert.ok(keys.has(key), key);
  const path = join(folder, 'uncommented.yml');
  // Certificates and passwords do nothing alone.
  const switchedOn = text
    .replaceAll('tls: false', 'tls: true')
    .replace('sasl_mechanism: none', 'sasl_mechanism: plain')
    .replace('anonymize_addresses: none', 'anonymize_addresses: hash');
  writeFileSync(path, switchedOn.replaceAll(/^((?:# )?)( +)# (\w+: )/gm, '$1$2$3').replaceAll(/^# ((?:redis:| {2}\w+:).*)$/gm, '$1'));
  const secrets = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, variable = '']) => [variable, 'a long secret, no matter which']));
  const { config } = loadConfig({ path, env: { ...secrets, ALERT_WEBHOOK: 'https://example.org' } });
  assert.equal(config.source.id, 'web-1');
  assert.equal(config.monitoring.alert_webhook, 'https://example.org');
  assert.equal(config.redis?.port, 6379);
});

test('an existing file is left as it is', () => {
  const path = join(folder, 'mine.yml');
  writeFileSync(path, 'kafka: {topic: mine}');
  assert.throws(
    () => writeDefaultConfig(path),
    (error) => isSluiceError(error, 'USAGE') && error.exitCode === 2,
  );
  assert.equal(readFileSync(path, 'utf8'), 'kafka: {topic: mine}');
  assert.throws(
    () => writeDefaultConfig(join(path, 'below', 'config.yml')),
    (error) => isSluiceError(error, 'USAGE'),
  );
});

test('the printed configuration is YAML of the values in force', () => {
  const loaded = loadConfig({ path: join(folder, 'none.yml'), required: false, env: { SLUICE_SOURCE__PATHS: '["a b: #c", "\\u001b[31m"]' } });
  const printed = printConfig(loaded);
  assert.deepEqual(parse(printed), JSON.parse(JSON.stringify(loaded.config)));
  assert.ok(!printed.includes('\u001b'));
  assert.match(printed, /# SLUICE_SOURCE__PATHS$/m);
});

test('the documentation has a row for every key, with a sentence', () => {
  const docs = renderConfigurationDocs();
  for (const { path, schema } of fields.values()) {
    assert.ok(docs.includes(`| \`${path}\` |`), path);
    assert.match(schema.description ?? '', /\.$/, path);
  }
});
