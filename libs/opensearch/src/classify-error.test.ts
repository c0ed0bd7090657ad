/** Errors as real clusters of versions 2.19 and 3.8 gave them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { classifyError, describeError } from './classify-error.ts';

const parsing = 'mapper_parsing_exception';
const argument = 'illegal_argument_exception';
const block = 'cluster_block_exception';

/** status, type, reason, cause -> verdict, and code where it pauses. */
const table: [number, string, string, string, string][] = [
  [409, 'version_conflict_engine_exception', '[same]: version conflict, document already exists (current version [1])', '', 'duplicate'],
  [429, 'rejected_execution_exception', 'rejected execution of primary operation [coordinating_and_primary_bytes=0, ...]', '', 'retry'],
  [429, 'circuit_breaking_exception', '[parent] Data too large, data for [<http_request>] would be [510mb]', '', 'retry'],
  [503, 'unavailable_shards_exception', '[web-2026.11.22][0] primary shard is not active Timeout: [1m]', '', 'retry'],
  [503, 'process_cluster_event_timeout_exception', 'failed to process cluster event (auto create) within 30s', '', 'retry'],
  [500, 'node_not_connected_exception', '[Node 2][127.0.0.1:9301] Node not connected', '', 'retry'],
  [409, 'resource_already_exists_exception', 'index [web-2026.11.22/x] already exists', '', 'retry'],
  [400, parsing, "failed to parse field [status] of type [short] in document with id '1'. Preview of field's value: 'abc'", 'For input string: "abc"', 'rejected'],
  [400, parsing, 'failed to parse', "Duplicate field 'path'\n at [Source: REDACTED", 'rejected'],
  [400, parsing, 'failed to parse field [geo_location] of type [geo_point]', 'illegal latitude value [91.0] for lat', 'rejected'],
  [400, 'strict_dynamic_mapping_exception', 'mapping set to strict, dynamic introduction of [b] within [_doc] is not allowed', '', 'rejected'],
  [400, argument, 'Document contains at least one immense term in field="path" (whose UTF8 encoding is longer than the max length 32766)', 'bytes can be at most 32766 in length; got 40000', 'rejected'],
  [400, argument, 'mapper [extra] cannot be changed from type [flat_object] to [keyword]', '', 'rejected'],
  [413, '', '', '', 'rejected'],
  [429, block, 'index [t1] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];', '', 'STORE_FULL'],
  [403, block, 'index [t1] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];', '', 'STORE_FULL'],
  [403, block, 'index [t1] blocked by: [FORBIDDEN/8/index write (api)];', '', 'STORE_UNAVAILABLE'],
  [403, block, 'blocked by: [FORBIDDEN/6/cluster read-only (api)];', '', 'STORE_UNAVAILABLE'],
  [503, block, 'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];', '', 'STORE_UNAVAILABLE'],
  [404, 'index_not_found_exception', 'no such index [web-2026.11.22]', '', 'STORE_UNAVAILABLE'],
  [400, 'index_closed_exception', 'closed', '', 'STORE_UNAVAILABLE'],
  [400, 'invalid_index_name_exception', 'Invalid index name [Web], must be lowercase', '', 'STORE_UNAVAILABLE'],
  [400, 'validation_exception', 'Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [1000]/[1000] maximum shards open;', '', 'STORE_UNAVAILABLE'],
  [400, argument, 'Limit of total fields [1000] has been exceeded', '', 'STORE_UNAVAILABLE'],
  [400, argument, 'no write index is defined for alias [web]', '', 'STORE_UNAVAILABLE'],
  [400, argument, 'pipeline with id [enrich] does not exist', '', 'STORE_UNAVAILABLE'],
  [400, 'some_new_exception', 'never seen', '', 'STORE_UNAVAILABLE'],
  [401, 'security_exception', 'Missing authentication information for REST request', '', 'STORE_UNAUTHORIZED'],
  [403, 'security_exception', 'no permissions for [indices:data/write/bulk[s]] and User [name=sluice]', '', 'STORE_UNAUTHORIZED'],
  [403, '', '', '', 'STORE_UNAUTHORIZED'],
]; // prettier-ignore

for (const [status, type, reason, cause, expected] of table) {
  test(`${status} ${type} "${reason.slice(0, 60)}" -> ${expected}`, () => {
    const verdict = classifyError(status, { type, reason, cause });
    assert.equal(verdict.kind === 'paused' ? verdict.code : verdict.kind, expected);
  });
}

test('what a document quotes is cut and free of control characters', () => {
  const text = describeError({ type: parsing, reason: `\u001b[2J\u202e${'x'.repeat(10_000)}\n`, cause: '\ud800\u0000end' });
  // eslint-disable-next-line no-control-regex -- that is what must not be there
  assert.doesNotMatch(text, /[\u0000-\u001f\u202e]/);
  assert.ok(text.length < 600 && text.isWellFormed());
  assert.equal(describeError({ type: '', reason: '', cause: '' }), 'no reason given');
});
