/**
 * What indexers make of records that are none of ours, and of documents that OpenSearch refuses.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeRaw, encodeEvent } from '@sluice/event';
import { buildEvent, sharedKafka, sharedOpenSearch } from '@sluice/testing';

import { createCluster } from './support/cluster.ts';
import { publishRaw } from './support/publish-raw.ts';
import { createSandbox } from './support/sandbox.ts';
import { assertBalance } from './support/service-metrics.ts';

const line = (path: string): string => `203.0.113.9 - - [22/Nov/2026:13:55:36 +0000] "GET ${path} HTTP/1.1" 200 512 "-" "curl/8.0"`;

test('raw lines and objects with a message are indexed, what is neither is a dead letter, and one refused document harms no other', async (t) => {
  const sandbox = await createSandbox(t);
  const [kafka, search] = await Promise.all([sharedKafka(), sharedOpenSearch()]);
  const cluster = createCluster(sandbox, { name: 'service-input', bootstrapServers: kafka.bootstrapServers, openSearchUrl: search.url });
  const neighbours = Array.from({ length: 500 }, (_, index) => encodeEvent(buildEvent({ path: `/neighbour/${index}` })));
  // More digits than a date of OpenSearch has: right by the schema of events, refused by the mapping.
  const poison = encodeEvent(buildEvent({ path: '/poison', timestamp: '2026-11-22T13:55:36.12345678901234Z' }));
  const garbage: (string | Buffer | null)[] = [
    'no log line at all',
    '{"event_id":"x","status":"?"}',
    Buffer.from([0xff, 0x00, 0xfe]),
    null,
    '{"message":42}',
  ];
  await publishRaw(kafka.bootstrapServers, cluster.topic, [
    line('/raw'),
    JSON.stringify({ '@timestamp': '2026-11-22T13:55:37Z', message: `${line('/message')}\n`, agent: { type: 'filebeat' } }),
    ...neighbours.slice(0, 250),
    poison,
    ...garbage,
    ...neighbours.slice(250),
  ]);
  const indexer = await cluster.startIndexer();
  await cluster.waitForDocuments(502);

  const letters = await cluster.deadLetters(garbage.length + 1);
  const documents = await cluster.documents();
  const paths = new Set(documents.map(({ path }) => String(path)));
  assert.equal(documents.length, 502);
  for (const path of ['/raw', '/message', '/neighbour/0', '/neighbour/499']) assert.ok(paths.has(path), path);
  const raw = documents.find(({ path }) => path === '/raw');
  assert.match(String(raw?.['event_id']), /-0-0$/);
  assert.equal(raw?.['is_bot'], true);

  const rejected = letters.filter(({ reason }) => reason === 'rejected');
  assert.equal(rejected.length, 1);
  assert.match(rejected[0]?.message ?? '', /timestamp/, 'the reason of OpenSearch');
  assert.equal((JSON.parse(rejected[0]?.raw ?? '') as { path: string }).path, '/poison');
  const undecodable = letters.filter(({ reason }) => reason === 'undecodable').map((letter) => decodeRaw(letter).toString('latin1'));
  assert.deepEqual(undecodable.sort(), garbage.map((value) => (value === null ? '' : Buffer.from(value).toString('latin1'))).sort());
  await assertBalance(indexer);
  t.diagnostic('covered: raw lines, objects with a message, garbage, and one document refused by the mapping');
});
