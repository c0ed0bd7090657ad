import assert from 'node:assert/strict';
import { test } from 'node:test';

import { buildClientOptions } from './client-options.ts';
import { testConfig } from './testing/open-test-store.ts';

import type { ElasticsearchConfig } from '@sluice/config';

const headerOf = (host: string | string[], overrides: Partial<ElasticsearchConfig> = {}): string => {
  const { options } = buildClientOptions(testConfig(host, overrides));
  const value = (options.headers as { authorization?: string }).authorization ?? '';
  return Buffer.from(value.replace('Basic ', ''), 'base64').toString();
};

test('credentials go into one header and stay in no address', () => {
  const { options, hosts } = buildClientOptions(testConfig(['https://us%40er:p%3Ass@one:9200', 'https://two:9200/prefix']));
  assert.deepEqual(hosts, ['https://one:9200/', 'https://two:9200/prefix']);
  assert.deepEqual(options.nodes, hosts);
  assert.equal(headerOf('https://us%40er:p%3Ass@one:9200'), 'us@er:p:ss');
  assert.equal(headerOf('http://100%25:a%zz@one'), '100%:a%zz', 'a percent sign that escapes nothing');
});

test('the configured user wins over one in an address; none is none', () => {
  assert.equal(headerOf('http://a:b@one', { username: 'sluice', password: 'secret' }), 'sluice:secret');
  assert.equal(headerOf('http://one', { username: 'sluice' }), 'sluice:');
  assert.equal(headerOf('http://one'), '');
});

test('a host named twice is one, and retrying is ours', () => {
  const { options, hosts } = buildClientOptions(testConfig(['http://one:9200', 'http://x:y@one:9200/']));
  assert.deepEqual(hosts, ['http://one:9200/']);
  assert.equal(options.maxRetries, 0);
});
