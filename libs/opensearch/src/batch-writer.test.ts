import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { silentLogger } from '@sluice/ports';
import { buildDeadLetter, buildDocument, createManualClock, createRecordingLogger } from '@sluice/testing';
import fc from 'fast-check';

import { createBatchWriter } from './batch-writer.ts';
import { buildClientOptions } from './client-options.ts';
import { connectCluster } from './cluster.ts';
import { createIndexNames } from './index-names.ts';
import { testConfig } from './testing/open-test-store.ts';
import { bulkItems, startScriptedCluster } from './testing/scripted-cluster.ts';

import type { ErrorCode } from '@sluice/errors';
import type { EventWriter, StoreDocument, StoreResult } from '@sluice/ports';
import type { Cluster } from './cluster.ts';
import type { BulkPair, BulkScript, ItemError, ScriptedAnswer, ScriptedCluster } from './testing/scripted-cluster.ts';

let server: ScriptedCluster;
let cluster: Cluster;

before(async () => {
  server = await startScriptedCluster();
});
after(() => server.stop());
beforeEach((t) => {
  const config = testConfig(server.url, { request_timeout_ms: 300 });
  const opened = connectCluster(buildClientOptions(config), config.request_timeout_ms);
  cluster = opened;
  if ('after' in t) t.after(() => opened.close());
});

function buildWriter(limits: Partial<{ bulk_size: number; bulk_bytes: number }> = {}, logger = silentLogger): EventWriter {
  const names = createIndexNames('web', 'daily', createManualClock());
  const keeper = { prepare: () => Promise.resolve() };
  return createBatchWriter({ bulk_size: 1000, bulk_bytes: 1_000_000, ...limits }, { cluster, logger, names, keeper, pause: () => Promise.resolve() });
}

/** The path says what the script makes of a document. */
const documentsOf = (...paths: string[]): StoreDocument[] => paths.map((path) => buildDocument({ path }));
const pathOf = ({ document }: BulkPair): string => (JSON.parse(document) as { path?: string }).path ?? '';
const kinds = ({ documents, deadLetters }: StoreResult): string => [...documents, ...deadLetters].map(({ kind }) => kind[0]).join('');
const write = (documents: StoreDocument[], writer = buildWriter()): Promise<StoreResult> => writer.prepare({ documents, deadLetters: [] }).write();

const failsWith = (code: ErrorCode, message?: RegExp) => (error: unknown) => {
  assert.ok(isSluiceError(error, code), String(error));
  assert.equal(error.retryable, true);
  assert.equal(error.cause, undefined, "the client's error holds the credentials");
  if (message !== undefined) assert.match(error.message, message);
  assert.ok(!['\r', '\n', '\u001b'].some((character) => error.message.includes(character)));
  assert.ok(error.message.length < 600);
  return true;
};

const itemErrors: Record<string, ItemError> = {
  busy: { status: 429, type: 'rejected_execution_exception', reason: 'rejected execution of coordinating operation' },
  breaker: { status: 503, type: 'circuit_breaking_exception', reason: '[parent] Data too large' },
  wrong: { status: 400, type: 'mapper_parsing_exception', reason: 'failed to parse field [status] of type [short]' },
  known: { status: 409, type: 'version_conflict_engine_exception', reason: 'document already exists' },
  odd: { status: 418, type: 'teapot_exception', reason: 'short and stout' },
  full: { status: 429, type: 'cluster_block_exception', reason: 'index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];' },
  gone: { status: 404, type: 'index_not_found_exception', reason: 'no such index [x]' },
  denied: { status: 403, type: 'security_exception', reason: 'no permissions for [indices:data/write/bulk[s]]' },
}; // prettier-ignore

/** Answers each document by its path: `wrong-3` as `wrong`; anything else is stored. */
const byPath: BulkScript = (pairs) => bulkItems(pairs, pairs.map((pair) => itemErrors[pathOf(pair).split('-')[0] ?? ''] ?? 201)); // prettier-ignore

test('each item of a bulk request has its own outcome', async () => {
  server.script(byPath);
  const { documents } = await write(documentsOf('fine-1', 'wrong-2', 'known-3', 'fine-4'));
  assert.deepEqual(documents.map(({ kind }) => kind), ['stored', 'rejected', 'duplicate', 'stored']); // prettier-ignore
  const [, refused] = documents;
  assert.ok(refused?.kind === 'rejected');
  assert.match(refused.message, /^mapper_parsing_exception: failed to parse field \[status\]/);
  assert.equal(refused.event.path, 'wrong-2', 'the event is in the outcome');
});

test('only what the cluster was too busy for is sent again, and what was stored stays stored', async () => {
  let rounds = 0;
  const from = server.requests.length;
  server.script((pairs) => (++rounds < 3 ? byPath(pairs, 0) : bulkItems(pairs, pairs.map(() => 201)))); // prettier-ignore
  assert.equal(kinds(await write(documentsOf('fine-1', 'busy-2', 'known-3', 'breaker-4'))), 'ssds');
  const sent = server.requests.slice(from).map((pairs) => pairs.map(pathOf));
  assert.deepEqual(sent, [['fine-1', 'busy-2', 'known-3', 'breaker-4'], ['busy-2', 'breaker-4'], ['busy-2', 'breaker-4']]); // prettier-ignore
});

test('a cluster that stays busy is an outage for the caller; the next attempt sends the rest only', async () => {
  server.script(byPath);
  const prepared = buildWriter().prepare({ documents: documentsOf('fine-1', 'busy-2', 'wrong-3'), deadLetters: [] });
  await assert.rejects(prepared.write(), failsWith('STORE_UNAVAILABLE', /too busy for 1 events: rejected_execution_exception/));
  const from = server.requests.length;
  server.script((pairs) => bulkItems(pairs, pairs.map(() => 201))); // prettier-ignore
  assert.equal(kinds(await prepared.write()), 'ssr', 'stored before is stored, not a duplicate');
  assert.deepEqual(server.requests.slice(from).map((pairs) => pairs.map(pathOf)), [['busy-2']]); // prettier-ignore
});

test('what is wrong with the store pauses: no event becomes a dead letter for it', async () => {
  server.script(byPath);
  await assert.rejects(write(documentsOf('fine', 'full')), failsWith('STORE_FULL', /flood-stage/));
  await assert.rejects(write(documentsOf('gone', 'wrong')), failsWith('STORE_UNAVAILABLE', /index_not_found_exception/));
  await assert.rejects(write(documentsOf('denied')), failsWith('STORE_UNAUTHORIZED', /no permissions/));
  await assert.rejects(write(documentsOf('odd')), failsWith('STORE_UNAVAILABLE', /teapot_exception/));
});

test('a batch is cut by count and by bytes', async () => {
  const from = server.requests.length;
  server.script(byPath);
  const sizes = (): number[] => server.requests.slice(from).map((pairs) => pairs.length);
  await write(documentsOf('1', '2', '3', '4', '5'), buildWriter({ bulk_size: 2 }));
  assert.deepEqual(sizes(), [2, 2, 1]);
  await write(documentsOf('1', 'x'.repeat(5000), '3'), buildWriter({ bulk_bytes: 3000 }));
  assert.deepEqual(sizes().slice(3), [1, 1, 1], 'one that is larger than a request goes alone');
});

/** Refuses bodies over `limit`, by an answer or by breaking off. */
const limited = (limit: number, refusal: ScriptedAnswer): BulkScript => (pairs, bytes) => (bytes > limit ? refusal : byPath(pairs, bytes)); // prettier-ignore
const html413: ScriptedAnswer = { status: 413, contentType: 'text/html', body: '<html><h1>413 Request Entity Too Large</h1></html>' };

test('a request that is too large is split, and the next ones are smaller', async () => {
  const logger = createRecordingLogger();
  const writer = buildWriter({}, logger);
  server.script(limited(4000, html413));
  const many = Array.from({ length: 40 }, (_, at) => `fine-${at}`);
  assert.equal(kinds(await write(documentsOf(...many, 'wrong', 'known'), writer)), `${'s'.repeat(40)}rd`);
  assert.match(logger.messages('warn')[0] ?? '', /too large for the cluster or a proxy before it/);
  const from = server.requests.length;
  server.script(limited(4000, { status: 500, body: 'not again' }));
  assert.equal(kinds(await write(documentsOf(...many), writer)), 's'.repeat(40));
  assert.ok(server.requests.length - from >= 5);
});

test('a document that is too large on its own is rejected, its neighbours are stored', async () => {
  server.script(limited(4000, html413));
  const { documents } = await write(documentsOf('fine', 'x'.repeat(10_000), 'fine'));
  assert.deepEqual(documents.map(({ kind }) => kind), ['stored', 'rejected', 'stored']); // prettier-ignore
  assert.ok(documents[1]?.kind === 'rejected' && documents[1].event.path?.length === 10_000);
  assert.match(documents[1].message, /413 Request Entity Too Large/);
});

test('a proxy that breaks the connection off instead of answering 413 is split for as well', async () => {
  server.script(limited(4000, { breakOff: 'before' }));
  assert.equal(kinds(await write(documentsOf(...Array.from({ length: 20 }, () => 'fine')))), 's'.repeat(20));
  await assert.rejects(write(documentsOf('x'.repeat(10_000))), failsWith('STORE_UNAVAILABLE'), 'whether the document is at fault is not known');
});

test('one document that makes a proxy answer 400 is rejected alone; a proxy that answers 400 to everything pauses', async () => {
  const page: ScriptedAnswer = { status: 400, contentType: 'text/html', body: '<html>\u001b[31mBad Request</html>' };
  server.script((pairs, bytes) => (pairs.some((pair) => pathOf(pair) === 'attack') ? page : byPath(pairs, bytes)));
  assert.equal(kinds(await write(documentsOf('1', '2', 'attack', '4', 'wrong'))), 'ssrsr');
  server.script(() => page);
  await assert.rejects(write(documentsOf('1', '2', '3')), failsWith('STORE_UNAVAILABLE', /answered 400/));
});

test('a dead letter that is too large is kept with less of its original', async () => {
  server.script(limited(20_000, html413));
  const letters = [buildDeadLetter(), buildDeadLetter({}, Buffer.from('\u{1f600}'.repeat(20_000))), buildDeadLetter({}, Buffer.alloc(30_000, 0xff))];
  const from = server.requests.length;
  const result = await buildWriter().prepare({ documents: [], deadLetters: letters }).write();
  assert.equal(kinds(result), 'sss');
  const kept = server.requests.slice(from).flat().map(({ document }) => JSON.parse(document) as { raw: string; raw_bytes: number }); // prettier-ignore
  const short = kept.filter(({ raw, raw_bytes }) => raw_bytes > 20_000 && raw.length <= 4096);
  assert.deepEqual(short.map(({ raw_bytes }) => raw_bytes), [80_000, 30_000]); // prettier-ignore
  server.script(byPath);
  server.script((pairs) => bulkItems(pairs, pairs.map(() => itemErrors['wrong'] ?? 0))); // prettier-ignore
  await assert.rejects(
    buildWriter().prepare({ documents: [], deadLetters: letters }).write(),
    failsWith('STORE_UNAVAILABLE', /refuses a dead letter/),
  );
});

const hostileAnswers: Record<string, [ErrorCode, (pairs: readonly BulkPair[]) => ScriptedAnswer]> = {
  'no answer': ['STORE_UNAVAILABLE', () => ({ breakOff: 'before' })],
  'half an answer': ['STORE_UNAVAILABLE', (pairs) => ({ ...bulkItems(pairs, [201, 201]), breakOff: 'within' })],
  'an answer that never ends': ['STORE_UNAVAILABLE', () => ({ stall: true })],
  'a page of a proxy': ['STORE_UNAVAILABLE', () => ({ contentType: 'text/html', body: '<html>Welcome\u001b[2J</html>' })],
  'a gateway error': ['STORE_UNAVAILABLE', () => ({ status: 502, contentType: 'text/html', body: '<h1>502 Bad Gateway</h1>' })],
  'a redirect': ['STORE_UNAVAILABLE', () => ({ status: 302, contentType: 'text/html', body: 'login' })],
  'not found': ['STORE_UNAVAILABLE', () => ({ status: 404, contentType: 'text/html', body: 'nothing here' })],
  'broken JSON': ['STORE_UNAVAILABLE', () => ({ body: '{"errors":false,"items":[' })],
  'no credentials': ['STORE_UNAUTHORIZED', () => ({ status: 401, contentType: 'text/plain', body: 'Unauthorized' })],
  'a refusal': ['STORE_UNAUTHORIZED', () => ({ status: 403, contentType: 'text/html', body: '<h1>Forbidden</h1>' })],
  'a block of the cluster': ['STORE_UNAVAILABLE', () => ({ status: 403, body: { error: { type: 'cluster_block_exception', reason: 'blocked by: [FORBIDDEN/6/cluster read-only (api)];' }, status: 403 } })],
  null: ['STORE_UNAVAILABLE', () => ({ body: 'null' })],
  'an empty body': ['STORE_UNAVAILABLE', () => ({ body: '' })],
  'too few items': ['STORE_UNAVAILABLE', (pairs) => bulkItems(pairs, [201])],
  'too many items': ['STORE_UNAVAILABLE', (pairs) => bulkItems(pairs, [201, 201, 201])],
  'items of something else': ['STORE_UNAVAILABLE', (pairs) => bulkItems(pairs.map((pair) => ({ ...pair, id: 'other' })), [201, 201])],
  'items in another order': ['STORE_UNAVAILABLE', (pairs) => bulkItems(pairs.toReversed(), [201, 201])],
  'errors that are none': ['STORE_UNAVAILABLE', (pairs) => ({ body: { errors: false, items: pairs.map(({ id }) => ({ create: { _id: id, status: 400, error: { type: 'mapper_parsing_exception' } } })) } })],
  'items of another action': ['STORE_UNAVAILABLE', (pairs) => ({ body: { errors: false, items: pairs.map(({ id }) => ({ index: { _id: id, status: 201 } })) } })],
  'a status that is no number': ['STORE_UNAVAILABLE', (pairs) => ({ body: { errors: false, items: pairs.map(({ id }) => ({ create: { _id: id, status: '201' } })) } })],
}; // prettier-ignore

for (const [name, [code, answer]] of Object.entries(hostileAnswers)) {
  test(`a reply that is ${name} is an outage: nothing is taken for stored or wrong`, async () => {
    server.script(answer);
    await assert.rejects(write(documentsOf('1', '2')), failsWith(code));
    server.script(byPath);
    assert.equal(kinds(await write(documentsOf('1', '2'))), 'ss', 'and all goes on afterwards');
  });
}

test('outcomes stay aligned whatever mixture of refusals, sizes and repeats', async () => {
  const kindOfPath = fc.constantFrom('fine', 'busy', 'wrong', 'known', 'poison', 'huge');
  const expected: Record<string, string> = { fine: 's', busy: 's', wrong: 'r', known: 'd', poison: 'r', huge: 'r' };
  const page: ScriptedAnswer = { status: 400, contentType: 'text/html', body: 'no' };
  await fc.assert(
    fc.asyncProperty(fc.array(kindOfPath, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 3 }), async (paths, size, busyRounds) => {
      const rounds = new Map<string, number>();
      server.script((pairs, bytes) => {
        if (bytes > 20_000) return html413;
        if (pairs.some((pair) => pathOf(pair).startsWith('poison'))) return page;
        return bulkItems(pairs, pairs.map((pair) => {
          const [kind = ''] = pathOf(pair).split('-');
          if (kind !== 'busy') return itemErrors[kind] ?? 201;
          rounds.set(pair.id, (rounds.get(pair.id) ?? 0) + 1);
          return (rounds.get(pair.id) ?? 0) > busyRounds ? 201 : (itemErrors['busy'] ?? 0);
        }));
      });
      const documents = documentsOf(...paths.map((kind, at) => `${kind}-${at}${kind === 'huge' ? 'x'.repeat(30_000) : ''}`));
      const repeated = [...documents, ...documents.slice(0, 3)];
      const result = await write(repeated, buildWriter({ bulk_size: size }));
      const first = paths.map((kind) => expected[kind]).join('');
      assert.equal(kinds(result), first + first.slice(0, 3).replaceAll('s', 'd'));
      result.documents.forEach((outcome, at) => {
        if (outcome.kind === 'rejected') assert.equal(outcome.event.event_id, repeated[at]?.event.event_id);
      });
    }),
    { numRuns: 60 },
  );
}); // prettier-ignore

test('replies of any shape are an outage or a true answer, never a crash', async () => {
  const anything = fc.oneof(fc.json(), fc.string(), fc.constant('{"errors":false,"items":[{},{}]}'), fc.constant('{"errors":true,"items":[null,7]}'));
  await fc.assert(
    fc.asyncProperty(anything, fc.constantFrom(200, 201, 204, 400, 404, 413, 418, 429, 500, 503), async (body, status) => {
      server.script(() => ({ status, body }));
      await assert.rejects(write(documentsOf('1', '2')), (error) => isSluiceError(error) && error.retryable);
    }),
    { numRuns: 100 },
  );
});
