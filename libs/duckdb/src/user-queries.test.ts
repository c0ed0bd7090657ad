/** Users' SQL against a real store: what gets through, what comes back, what ends it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { buildDeadLetter, buildDocument, createRecordingLogger, waitFor } from '@sluice/testing';

import { createDuckDbStore } from './duckdb-store.ts';

import type { DuckDbStore } from './duckdb-store.ts';

let folder = '';
let store: DuckDbStore;

const rowsOf = async (sql: string, signal?: AbortSignal): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = [];
  for await (const chunk of store.querySql(sql, signal)) rows.push(...chunk);
  return rows;
};
const codeOf = (sql: string): Promise<string> =>
  rowsOf(sql).then(
    () => 'ran',
    (error: unknown) => (isSluiceError(error) ? error.code : String(error)),
  );

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-query-'));
  await writeFile(join(folder, 'secret.csv'), 'a,b\n1,2\n');
  const config = { path: join(folder, 'events.duckdb'), memoryLimitMb: 100, threads: 2, queryTimeoutSeconds: 2 };
  store = await createDuckDbStore(config, { logger: createRecordingLogger() });
  const documents = Array.from({ length: 3000 }, (_, index) => buildDocument({ status: index % 3 === 0 ? 404 : 200, bytes_sent: 2 ** 53 - 1 }));
  const threats = [{ rule: 'r', class: 'sqli', severity: 'high' as const, field: 'query', evidence: 'x' }];
  documents.push(buildDocument({ extra: { 'x-id': 'y' }, timestamp: '2026-11-22T13:55:36.25Z' }, { security_threat: true, threats }));
  await store.write({ documents, deadLetters: [buildDeadLetter()] });
});
after(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('queries that are allowed', () => {
  const allowed = [
    'SELECT count(*) FROM events',
    'SELECT count(*) FROM Events e JOIN main.dead_letters d ON e.source = d.source',
    'FROM events LIMIT 1;',
    'TABLE dead_letters',
    'WITH a AS (SELECT * FROM events), b AS (SELECT status FROM a) SELECT * FROM b UNION ALL SELECT status FROM a ORDER BY 1 LIMIT 5',
    'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n',
    'SELECT path, count(*) OVER (PARTITION BY status) FROM events LIMIT 2',
    'SELECT unnest(threat_classes) FROM events WHERE security_threat',
    "SELECT threats[0].class, extra->>'x-id' FROM events WHERE threats IS NOT NULL",
    'SELECT * FROM events, unnest(threat_rules) AS t(rule)',
    'SELECT status, (SELECT count(*) FROM events i WHERE i.status = o.status) FROM events o WHERE status IN (SELECT 404) AND EXISTS (FROM dead_letters) LIMIT 1',
    "SELECT time_bucket(INTERVAL '1 hour', timestamp) AS hour, approx_count_distinct(ip_address) FROM events GROUP BY ALL",
    'SELECT * FROM (VALUES (1), (2)) AS v(x), range(3)',
    "SELECT repeat('-', 40), rpad(path, 30, ' ') FROM events LIMIT 1",
    'SELECT list_transform([1, 2], lambda x: x + 1), {a: 1}, MAP {1: 2}',
    'SELECT "user", "partition" FROM events, dead_letters LIMIT 1',
    'SELECT * FROM events TABLESAMPLE 1% (bernoulli)',
    "SELECT regexp_extract(path, '^/[^/]+') FROM events QUALIFY row_number() OVER () = 1",
    "-- a comment; DROP TABLE events\nSELECT ';' AS x /* ; */",
  ];
  for (const sql of allowed) {
    test(sql, async () => {
      await assert.doesNotReject(rowsOf(sql));
    });
  }
});

describe('queries that are refused', () => {
  const refused = [
    '',
    ';',
    'SELECT 1; SELECT 2',
    'SELECT 1; DROP VIEW events',
    'DROP VIEW events',
    'DELETE FROM events',
    'DELETE FROM stored_events',
    'UPDATE stored_events SET path = NULL',
    "INSERT INTO stored_progress VALUES ('a', 1, false)",
    'CREATE TABLE x AS SELECT 1',
    'CREATE TEMP TABLE x AS SELECT 1',
    'CREATE MACRO f(a) AS a',
    'TRUNCATE stored_events',
    'ALTER TABLE stored_events DROP COLUMN path',
    "COPY events TO '/tmp/sluice-escape.csv'",
    "COPY (SELECT 1) TO 'events.duckdb.export/x.csv'",
    "EXPORT DATABASE '/tmp/sluice-escape'",
    "ATTACH '/tmp/sluice-escape.duckdb'",
    "ATTACH ':memory:' AS m",
    'DETACH events',
    'USE memory',
    'PRAGMA database_list',
    'PRAGMA enable_profiling',
    'CALL pragma_version()',
    'SET memory_limit = \'10GB\'',
    'SET enable_external_access = true',
    'RESET lock_configuration',
    'INSTALL httpfs',
    'LOAD httpfs',
    'FORCE CHECKPOINT',
    'CHECKPOINT',
    'VACUUM',
    'BEGIN',
    'EXPLAIN SELECT 1',
    'EXPLAIN ANALYZE SELECT 1',
    'PREPARE p AS SELECT 1',
    'EXECUTE p',
    'DESCRIBE events',
    'SHOW TABLES',
    'SHOW ALL TABLES',
    'SUMMARIZE events',
    'SELECT * FROM (DESCRIBE events)',
    'SELECT * FROM (SHOW TABLES)',
    'PIVOT events ON status USING count(*)',
    'SELECT * FROM stored_events',
    'SELECT * FROM stored_progress',
    'SELECT * FROM main.stored_meta',
    'SELECT (SELECT count(*) FROM stored_progress)',
    'SELECT * FROM events WHERE path IN (SELECT file_key FROM stored_progress)',
    'SELECT * FROM events JOIN stored_progress ON true',
    'SELECT * FROM events UNION SELECT file_key FROM stored_progress',
    'WITH stored_progress AS (SELECT * FROM stored_progress) SELECT * FROM stored_progress',
    'WITH a AS (SELECT * FROM stored_meta), stored_meta AS (SELECT 1) SELECT * FROM a',
    'SELECT * FROM (WITH stored_meta AS (SELECT 1) SELECT * FROM stored_meta), stored_meta',
    'WITH stored_meta AS (SELECT 1) SELECT * FROM main.stored_meta',
    'WITH a AS MATERIALIZED (SELECT * FROM stored_meta) SELECT * FROM a',
    'WITH RECURSIVE a AS (SELECT 1 AS i UNION ALL SELECT schema_version FROM stored_meta, a) SELECT * FROM a',
    'SELECT * FROM events ORDER BY (SELECT max(schema_version) FROM stored_meta)',
    'SELECT 1 LIMIT (SELECT max(schema_version) FROM stored_meta)',
    'SELECT count(*) FILTER (WHERE (SELECT true FROM stored_meta)) FROM events',
    'SELECT sum(status) OVER (PARTITION BY (SELECT schema_version FROM stored_meta)) FROM events',
    'SELECT * FROM events LEFT JOIN LATERAL (SELECT * FROM stored_meta) ON true',
    'SELECT * FROM sqlite_master',
    'SELECT * FROM information_schema.tables',
    'SELECT * FROM system.information_schema.tables',
    'SELECT * FROM pg_catalog.pg_tables',
    'SELECT * FROM duckdb_tables',
    'SELECT * FROM temp.events',
    'SELECT * FROM memory.events',
    'SELECT * FROM duckdb_settings()',
    'SELECT * FROM duckdb_functions()',
    'SELECT * FROM pragma_table_info(\'events\')',
    'SELECT * FROM pragma_storage_info(\'stored_events\')',
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'secret.csv'",
    'SELECT * FROM "secret.csv"',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('secret.csv')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_parquet('x.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_duckdb('x')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM query('SELECT * FROM stored_meta')",
    "SELECT * FROM query_table('stored_meta')",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT * FROM sql_auto_complete('SEL')",
    'SELECT * FROM seq_scan(\'stored_meta\')',
    'SELECT * FROM duckdb_logs()',
    'SELECT * FROM which_secret(\'a\', \'b\')',
    'SELECT * FROM checkpoint()',
    'SELECT * FROM test_all_types()',
    'SELECT * FROM repeat_row(1, num_rows = 10)',
    "SELECT getenv('HOME')",
    "SELECT current_setting('memory_limit')",
    'SELECT main.current_setting(\'memory_limit\')',
    'SELECT CURRENT_SETTING(\'memory_limit\')',
    "SELECT getvariable('x')",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
    "SELECT json_serialize_plan('SELECT * FROM stored_meta')",
    'SELECT sleep_ms(100)',
    'SELECT pg_sleep(1)',
    'SELECT setseed(0.5)',
    "SELECT list_transform([1], lambda x: write_log('x'))",
    "SELECT * FROM events WHERE write_log(path) IS NULL",
    "SELECT path.write_log() FROM events",
    "SELECT repeat('x', 2000000000)",
    "SELECT repeat(path, status) FROM events",
    "SELECT lpad('x', 10001, 'y')",
    'SELECT range(60000000)',
    "SELECT levenshtein(path, user_agent) FROM events",
    "SELECT format('{:2000000000d}', 1)",
    `SELECT ${'1 + '.repeat(30_000)}1`,
    'SELECT $1',
    'SELECT ?',
    'SELECT $name',
  ]; // prettier-ignore
  for (const sql of refused) {
    test(sql === '' ? '(nothing)' : sql.slice(0, 120), async () => {
      assert.equal(await codeOf(sql), 'QUERY_REJECTED');
    });
  }

  test('nothing was written anywhere, and no table has changed', async () => {
    assert.deepEqual(readdirSync('/tmp').filter((name) => name.startsWith('sluice-escape')), []); // prettier-ignore
    assert.ok(!existsSync(join(folder, 'events.duckdb.export')));
    assert.deepEqual(await rowsOf('SELECT count(*) AS n FROM events'), [{ n: 3001 }]);
  });
});

describe('what comes back', () => {
  test('values are plain: numbers, ISO times, arrays, objects', async () => {
    const [row] = await rowsOf(`SELECT count(*) AS n, sum(status) AS total, sum(bytes_sent) AS huge, 1.50::DECIMAL(5, 2) AS price, 0.5 AS half,
      TIMESTAMP '2026-11-22 13:55:36' AS t, TIMESTAMP '2026-11-22 13:55:36.123456' AS fine, TIMESTAMP '1969-12-31 23:59:59.999999' AS old, DATE '2026-11-22' AS day,
      [1, NULL, 3] AS list, {a: 1, b: [TIMESTAMP '2026-01-01']} AS struct, MAP {'k': 2} AS map, NULL AS nothing, true AS flag, 'a' AS x, 'b' AS x, 9::TINYINT AS tiny,
      170141183460469231731687303715884105727::HUGEINT AS hugest, encode('é') AS bytes, '"j"'::JSON AS json, 2 AS "__proto__" FROM events`); // prettier-ignore
    const expected = {
      n: 3001, total: 804_200, huge: 3000n * (2n ** 53n - 1n) + 5120n, price: 1.5, half: 0.5, t: '2026-11-22T13:55:36Z', fine: '2026-11-22T13:55:36.123456Z', old: '1969-12-31T23:59:59.999999Z',
      day: '2026-11-22', list: [1, null, 3], struct: { a: 1, b: ['2026-01-01T00:00:00Z'] }, map: { k: 2 }, nothing: null, flag: true, x: 'a', 'x:1': 'b', tiny: 9,
      hugest: 170_141_183_460_469_231_731_687_303_715_884_105_727n, bytes: 'w6k=', json: 'j',
    }; // prettier-ignore
    assert.ok(row !== undefined && Object.hasOwn(row, '__proto__'));
    const { ['__proto__']: own, ...rest } = row;
    assert.equal(own, 2);
    assert.deepEqual(rest, expected);
  });

  test('threats and extra are objects, and the order is that of the query', async () => {
    const rows = await rowsOf('SELECT threats, threat_classes, extra, timestamp FROM events ORDER BY timestamp DESC, log_offset DESC');
    assert.equal(rows.length, 3001);
    assert.deepEqual(rows[0], {
      threats: [{ rule: 'r', class: 'sqli', severity: 'high', field: 'query', evidence: 'x' }],
      threat_classes: ['sqli'],
      extra: { 'x-id': 'y' },
      timestamp: '2026-11-22T13:55:36.250Z',
    });
  });

  test('an error in the SQL names its place', async () => {
    await assert.rejects(rowsOf('SELECT nope FROM events'), (error) => isSluiceError(error, 'QUERY_FAILED') && /nope/.test(error.message));
    await assert.rejects(rowsOf('SELEC 1'), (error) => isSluiceError(error, 'QUERY_FAILED') && /SELEC/.test(error.message));
    await assert.rejects(rowsOf("SELECT 'x'::INTEGER"), (error) => isSluiceError(error, 'QUERY_FAILED'));
    await assert.rejects(rowsOf("SELECT error('boo')"), (error) => isSluiceError(error, 'QUERY_FAILED'));
  });
});

describe('limits', () => {
  test('a query that takes too long is ended, and writing goes on meanwhile', async () => {
    const started = performance.now();
    const endless = codeOf(
      'SELECT count(*) FROM events a, events b, events c, events d WHERE a.bytes_sent + b.bytes_sent + c.log_offset + d.log_offset = 1',
    );
    let written = 0;
    let isOver = false;
    void endless.finally(() => (isOver = true));
    while (!isOver) {
      const result = await store.write({ documents: [buildDocument()], deadLetters: [] });
      assert.equal(result.documents[0]?.kind, 'stored');
      written += 1;
    }
    assert.equal(await endless, 'QUERY_LIMIT');
    assert.ok(performance.now() - started < 8000);
    assert.ok(written > 10, `only ${written} batches were written beside the query`);
  });

  test('a query that needs too much memory is ended, and the store lives', async () => {
    const hungry = await codeOf('SELECT list(a.path || b.event_id || c.event_id) FROM events a, events b, events c');
    assert.equal(hungry, 'QUERY_LIMIT');
    const result = await store.write({ documents: [buildDocument()], deadLetters: [] });
    assert.equal(result.documents[0]?.kind, 'stored');
  });

  test('a reader that does not go on is ended too, and gives room to others', async () => {
    const rows = store.querySql('SELECT a.path FROM events a, events b, events c')[Symbol.asyncIterator]();
    await rows.next();
    await new Promise((resolve) => setTimeout(resolve, 2300));
    await assert.rejects(
      (async () => {
        for (let count = 0; count < 5; count += 1) await rows.next();
      })(),
      (error) => isSluiceError(error, 'QUERY_LIMIT'),
    );
  });

  test('a signal ends a query, and leaving the loop does', async () => {
    const controller = new AbortController();
    const slow = rowsOf('SELECT count(*) FROM events a, events b, events c', controller.signal);
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(slow, { name: 'AbortError' });
    for (let round = 0; round < 5; round += 1) {
      for await (const chunk of store.querySql('SELECT a.path FROM events a, events b')) {
        assert.ok(chunk.length > 0);
        break;
      }
    }
    assert.deepEqual(await rowsOf('SELECT 1 AS one'), [{ one: 1 }]);
  });
});

test('askers that stop reading lose their query at the time limit, and others may ask', async () => {
  const stalled = [1, 2].map(() => store.querySql('SELECT * FROM events')[Symbol.asyncIterator]());
  for (const asker of stalled) await asker.next();
  assert.equal(await codeOf('SELECT 1'), 'QUERY_LIMIT');
  await waitFor(async () => (await codeOf('SELECT 1')) === 'ran');
  for (const asker of stalled) await assert.rejects(asker.next());
});
