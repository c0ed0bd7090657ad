import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import fc from 'fast-check';

import { configSchema, loadConfig, printConfig, describeConfig } from './index.ts';
import { fields } from './config-shape.ts';

import type { ConfigProblem, LoadConfigOptions } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function fileWith(content: string | Buffer, name = 'config.yml'): string {
  const inside = join(folder, String(count++));
  mkdirSync(inside);
  writeFileSync(join(inside, name), content);
  return join(inside, name);
}

function problemsOf(content: string | Buffer, options: Partial<LoadConfigOptions> = {}): readonly ConfigProblem[] {
  return problemsOfPath(fileWith(content), options);
}

function problemsOfPath(path: string, options: Partial<LoadConfigOptions> = {}): readonly ConfigProblem[] {
  try {
    loadConfig({ path, env: {}, ...options });
  } catch (error) {
    if (!isSluiceError(error, 'CONFIG_INVALID')) throw error;
    for (const { path: key } of error.data['problems'] as ConfigProblem[]) assert.ok(error.message.includes(key));
    return error.data['problems'] as ConfigProblem[];
  }
  return [];
}

/** What the examples of the schema name as `${VARIABLE}`. */
const exampleVariables = Object.fromEntries(
  [...fields.values()].flatMap(({ schema }) => {
    const [, variable] = /^\$\{(\w+)\}$/.exec(String(schema.example)) ?? [];
    return variable === undefined ? [] : [[variable, 'https://example.org/x']];
  }),
);

/** The value came from the variable; one that does nothing alone is refused, and the refusal names it. */
function isReached(path: string, name: string, env: Record<string, string>): boolean {
  try {
    return loadConfig({ path: fileWith(''), env }).origins.get(path)?.where === name;
  } catch (error) {
    return isSluiceError(error, 'CONFIG_INVALID') && error.message.includes(name) && error.message.includes('must go with');
  }
}

const original = `kafka:
  bootstrap_servers: ['localhost:9092']
  topic: 'web_logs'
elasticsearch:
  host: 'http://localhost:9200'
  index: 'web_logs'
  bulk_size: 100
redis:
  host: 'localhost'
  port: 6379
  db: 0
monitoring:
  alert_threshold: 100
  window_seconds: 300
  metrics_port: 8000
security:
  enable_geo_enrichment: true
  enable_threat_detection: true
performance:
  max_workers: 4
  batch_size: 100
  rate_limit: 1000
`;

describe('the example of the original', () => {
  test('loads as it stands and means what it says, with one notice', () => {
    const { config, notices } = loadConfig({ path: fileWith(original), env: {} });
    assert.deepEqual(config.pipeline, { transport: 'memory', store: 'duckdb' });
    assert.equal(config.elasticsearch.bulk_size, 100);
    assert.deepEqual([config.redis?.host, config.redis?.port, config.redis?.db], ['localhost', 6379, 0]);
    assert.equal(config.performance.rate_limit, 1000);
    assert.equal(config.performance.batch_size, 100);
    assert.equal(config.performance.rate_limit_action, 'delay');
    assert.equal(notices.length, 1);
    assert.match(notices[0]!, /kafka and elasticsearch settings are for the services/);
  });

  test('gives no notice once the pipeline is chosen, in a file or by a flag', () => {
    const overrides = { 'pipeline.transport': 'kafka', 'pipeline.store': 'opensearch' };
    assert.deepEqual(loadConfig({ path: fileWith(original), env: {}, overrides }).notices, []);
    assert.deepEqual(loadConfig({ path: fileWith(`${original}pipeline: {transport: memory, store: duckdb}\n`), env: {} }).notices, []);
  });

  test('redis is off without its section and on with an empty one', () => {
    assert.equal(loadConfig({ path: fileWith('kafka:\n'), env: {} }).config.redis, undefined);
    assert.equal(loadConfig({ path: fileWith('redis:\n'), env: {} }).config.redis?.port, 6379);
  });
});

describe('order', () => {
  test('defaults < file < environment file < variables < flags, each remembered as origin', () => {
    const path = fileWith('performance: {batch_size: 1, max_workers: 11, rate_limit: 21, batch_age_ms: 31}\n');
    writeFileSync(path.replace('.yml', '.production.yml'), 'performance: {batch_size: 2, max_workers: 12, rate_limit: 22}\n');
    const env = { SLUICE_ENV: 'production', SLUICE_PERFORMANCE__BATCH_SIZE: '3', SLUICE_PERFORMANCE__MAX_WORKERS: '13' };
    const loaded = loadConfig({ path, env, overrides: { 'performance.batch_size': 4, 'logging.level': undefined } });
    const { performance } = loaded.config;
    assert.deepEqual([performance.batch_size, performance.max_workers, performance.rate_limit, performance.batch_age_ms], [4, 13, 22, 31]);
    assert.equal(performance.target_cache, 20_000);
    assert.equal(loaded.origins.get('performance.batch_size')?.where, 'command line');
    assert.equal(loaded.origins.get('performance.max_workers')?.where, 'SLUICE_PERFORMANCE__MAX_WORKERS');
    assert.equal(loaded.origins.get('performance.rate_limit')?.where, `${path.replace('.yml', '.production.yml')}:1`);
    assert.equal(loaded.origins.get('performance.target_cache'), undefined);
  });

  test('an environment without a file is a notice, a name that is a path is an error', () => {
    const path = fileWith('');
    assert.match(loadConfig({ path, env: {}, environment: 'staging' }).notices[0]!, /config\.staging\.yml/);
    assert.equal(problemsOfPath(path, { environment: '../../etc/passwd' })[0]?.file, 'SLUICE_ENV');
  });

  test('a key without a value and an empty variable count as left out', () => {
    const { config } = loadConfig({ path: fileWith('kafka:\n  topic:\nsource: ~\n'), env: { SLUICE_ELASTICSEARCH__INDEX: '' } });
    assert.equal(config.kafka.topic, 'web_logs');
    assert.equal(config.elasticsearch.index, 'web_logs');
  });
});

describe('files', () => {
  for (const [name, content] of Object.entries({ empty: '', comment: '# nothing\n', mark: '\uFEFF', null: '~', dashes: '---\n' })) {
    test(`${name}: the defaults`, () => assert.deepEqual(loadConfig({ path: fileWith(content), env: {} }).config, configSchema.parse({})));
  }

  test('a byte order mark and CRLF line ends are taken', () => {
    assert.equal(loadConfig({ path: fileWith('\uFEFFkafka:\r\n  topic: x\r\n'), env: {} }).config.kafka.topic, 'x');
  });

  test('a missing --config is CONFIG_NOT_FOUND with exit code 2, a missing default file is not', () => {
    const missing = join(folder, 'no', 'config.yml');
    assert.throws(
      () => loadConfig({ path: missing, env: {} }),
      (error) => isSluiceError(error, 'CONFIG_NOT_FOUND') && error.exitCode === 2,
    );
    assert.deepEqual(loadConfig({ path: missing, env: {}, required: false }).sources, []);
    assert.throws(
      () => loadConfig({ path: folder, env: {} }),
      (error) => isSluiceError(error, 'CONFIG_NOT_FOUND') && error.message.includes('folder'),
    );
  });

  const hostile: Record<string, [content: string | Buffer, line: number | null, message: RegExp]> = {
    'a tab': ['kafka:\n\ttopic: x\n', 2, /tab/],
    'a quote left open': ['kafka:\n  topic: "x\n', null, /not valid YAML/],
    'a key given twice': ['kafka:\n  topic: a\n  topic: b\n', 3, /"topic" twice \(first in line 2\)/],
    'a section given twice': ['kafka: {}\nredis: {}\nkafka: {}\n', 3, /twice/],
    'a second document': ['kafka: {}\n---\nredis: {}\n', 2, /second document/],
    'a list at the top': ['- a\n', 1, /sections/],
    'a text at the top': ['hello', 1, /sections/],
    'an unknown tag': ['kafka: !js/function x', 1, /tag/i],
    'an alias without anchor': ['kafka: *x', 1, /alias/i],
    'an alias bomb': ['a: &a [x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n', null, /aliases/],
    'an alias of itself': ['a: &a [*a]\n', null, /nested|alias/],
    'brackets without end': ['['.repeat(100_000), 1, /brackets/],
    'dashes without end': ['- '.repeat(50_000), null, /YAML/],
    'zero bytes': [Buffer.alloc(100), null, /zero/],
    'UTF-16': [Buffer.from('\uFEFFkafka: {}', 'utf16le'), null, /UTF-16/],
    'Latin-1': [Buffer.from('kafka: {topic: caf\u00e9}', 'latin1'), null, /UTF-8/],
    'ten megabytes': [Buffer.alloc(10_485_760, 'a'), null, /larger than 256 KiB/],
    'a key that is a list': ['? [a]\n: b\n', 1, /key that is no text/],
  };
  for (const [name, [content, line, message]] of Object.entries(hostile)) {
    test(`${name} is a clear error`, () => {
      const started = performance.now();
      const problems = problemsOf(content);
      assert.match(problems.map((problem) => problem.message).join('\n'), message);
      if (line !== null) assert.equal(problems[0]?.line, line);
      assert.ok(performance.now() - started < 3000);
    });
  }

  test('keys of the prototype are unknown keys and change nothing', () => {
    const problems = problemsOf('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\nkafka: {__proto__: {topic: x}, toString: 1}\n');
    assert.deepEqual(problems.map(({ path, line }) => [path, line]), [['__proto__', 1], ['constructor', 2], ['kafka.__proto__', 3], ['kafka.toString', 3]]); // prettier-ignore
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  test('any text is either a configuration or CONFIG_INVALID', () => {
    const piece = fc.constantFrom(
      'kafka',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '"',
      "'",
      '#',
      '|',
      '!',
      '?',
      ',',
      '${X}',
      '\t',
      '1',
      '~',
      '\u{1F600}',
      '<<',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          problemsOf(text);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('keys that do nothing alone', () => {
  for (const [text, key, message] of [
    ['kafka: {tls_ca: x}', 'kafka.tls_ca', /kafka\.tls: true/],
    ['kafka: {tls: true, tls_cert: x}', 'kafka.tls_cert', /kafka\.tls_key/],
    ['kafka: {sasl_password: x}', 'kafka.sasl_password', /sasl_mechanism/],
    ['kafka: {sasl_mechanism: plain, sasl_username: u}', 'kafka.sasl_mechanism', /sasl_password/],
    ['elasticsearch: {password: x}', 'elasticsearch.password', /elasticsearch\.username/],
    ['redis: {tls_ca: x}', 'redis.tls_ca', /redis\.tls: true/],
    ['security: {anonymize_addresses: hash}', 'security.anonymize_addresses', /security\.anonymize_key/],
    ['security: {anonymize_key: sixteen characters}', 'security.anonymize_key', /anonymize_addresses: hash/],
    ['performance: {rate_limit_scope: shared}', 'performance.rate_limit_scope', /redis section/],
  ] as const) {
    test(`are refused: ${text}`, () => {
      const problems = problemsOf(text);
      assert.deepEqual(problems.map(({ path }) => path), [key]); // prettier-ignore
      assert.match(problems[0]!.message, message);
    });
  }

  test('are taken with what they need', () => {
    const secure = 'kafka: {tls: true, tls_ca: x, tls_cert: c, tls_key: k, sasl_mechanism: plain, sasl_username: u, sasl_password: p}';
    assert.deepEqual(
      problemsOf(`${secure}\nelasticsearch: {username: u, password: p}\nredis: {tls: true, tls_ca: x}\nperformance: {rate_limit_scope: shared}`),
      [],
    );
  });
});

describe('errors', () => {
  test('all are listed at once, in the order of their lines, with value, rule and example', () => {
    const problems = problemsOf(
      `kafka:
  topik: x
  bootstrap_servers: [a:1, nonsense, 5]
monitoring: {metrics_port: 99999}
security: {enable_geo_enrichment: yes}
elasticsearch: 5
performance:
  batch_size: many
  batch_bytes: 65536
source: {max_line_bytes: 100000}
retry: {first_delay_ms: 20000, attempts: -1}
`,
      { env: { SLUICE_PERFORMANCE__MAX_WORKERS: '999' }, overrides: { 'a.b': 1 } },
    );
    assert.deepEqual(
      problems.map(({ path, line }) => `${path}:${line}`),
      [
        'kafka.topik:2', 'kafka.bootstrap_servers[1]:3', 'kafka.bootstrap_servers[2]:3', 'monitoring.metrics_port:4', 
        'security.enable_geo_enrichment:5', 'elasticsearch:6', 'performance.batch_size:8', 'performance.batch_bytes:9', 'retry.attempts:11',
        'retry.first_delay_ms:11', 'a.b:null', 'performance.max_workers:null',
      ], // prettier-ignore
    );
    const port = problems.find(({ path }) => path === 'monitoring.metrics_port');
    assert.equal(port?.message, 'must be a whole number from 0 to 65535, for example metrics_port: 8000 (it is 99999)');
  });

  test('an unknown key names the nearest known one', () => {
    const nearest = (content: string): string => /nearest known key is (.*)$/.exec(problemsOf(content)[0]!.message)![1]!;
    assert.equal(nearest('kafka: {topik: x}'), 'kafka.topic');
    assert.equal(nearest('kafak: {}'), 'kafka');
    assert.equal(nearest('batch_size: 1'), 'performance.batch_size');
    assert.equal(nearest('kafka: {batch_size: 1}'), 'performance.batch_size');
    assert.equal(nearest('opensearch: {}'), 'elasticsearch');
    assert.equal(nearest('monitoring: {port: 1}'), 'redis.port');
    assert.equal(nearest(`${'k'.repeat(500)}: 1`).length > 0, true);
  });
});

describe('environment variables', () => {
  const load = (env: Record<string, string>) => loadConfig({ path: fileWith(''), env }).config;

  test('are read by the type of their key', () => {
    const config = load({
      SLUICE_KAFKA__TOPIC: '123',
      SLUICE_KAFKA__BOOTSTRAP_SERVERS: '["a:1", "b:2"]',
      SLUICE_SOURCE__PATHS: '/var/log/{a,b}.log',
      SLUICE_SOURCE__FORMAT: '[%t] %h',
      SLUICE_SECURITY__ENABLE_GEO_ENRICHMENT: 'false',
      SLUICE_MONITORING__METRICS_PORT: ' 0 ',
    });
    assert.equal(config.kafka.topic, '123');
    assert.deepEqual(config.kafka.bootstrap_servers, ['a:1', 'b:2']);
    assert.deepEqual(config.source.paths, ['/var/log/{a,b}.log']);
    assert.equal(config.source.format, '[%t] %h');
    assert.equal(config.security.enable_geo_enrichment, false);
    assert.equal(config.monitoring.metrics_port, 0);
    assert.deepEqual(load({ SLUICE_SOURCE__FORMAT: '["combined", "common"]' }).source.format, ['combined', 'common']);
    assert.equal(load({ SLUICE_SOURCE__FORMAT: '{"time":"%t"}' }).source.format, '{"time":"%t"}');
  });

  test('that name no key are errors, unless they are none of ours', () => {
    const problems = problemsOf('', { env: { SLUICE_KAFKA_TOPIC: 'x', SLUICE_MONITORING_METRICS_PORT: '1', SLUICE_X__Y: '1' } });
    assert.match(problems[0]!.message, /SLUICE_KAFKA__TOPIC/);
    assert.equal(problems.length, 3);
    const services = {
      SLUICE_PORT: 'tcp://10.0.0.1:80',
      SLUICE_PORT_80_TCP_ADDR: '10.0.0.1',
      SLUICE_INGEST_SERVICE_HOST: '10.0.0.1',
      SLUICE_SERVICE_PORT_HTTP: '80',
    };
    load({ ...services, SLUICE_ENV: '', SLUICE_CONFIG: 'x', SLUICED: '1', PATH: '/bin' });
  });

  test('every key has a variable that reaches it', () => {
    for (const { path, section, key, schema } of fields.values()) {
      const value = schema.example ?? schema.default;
      const name = `SLUICE_${section.toUpperCase()}__${key.toUpperCase()}`;
      const env = { [name]: typeof value === 'string' ? value : JSON.stringify(value), ...exampleVariables };
      assert.ok(isReached(path, name, env), name);
    }
  });
});

describe('secrets', () => {
  test('come from variables and files, are typed by their key, and are never printed', () => {
    const secret = fileWith('hunter2-topic\n', 'secret');
    const path = fileWith(`kafka: {topic: {file: ${secret}}, bootstrap_servers: ['\${HOST}:9092', b:1]}
elasticsearch: {host: 'http://user:\${PASSWORD}@search:9200', index: web}
redis: {port: '\${REDIS_PORT}', host: '$\${literal}'}
monitoring: {alert_webhook: 'https://hooks.example.org/T0/abc'}
`);
    const loaded = loadConfig({ path, env: { HOST: 'broker-hidden', PASSWORD: 'pa55word', REDIS_PORT: '7001' } });
    assert.equal(loaded.config.kafka.topic, 'hunter2-topic');
    assert.equal(loaded.config.kafka.bootstrap_servers[0], 'broker-hidden:9092');
    assert.equal(loaded.config.elasticsearch.host, 'http://user:pa55word@search:9200');
    assert.equal(loaded.config.redis?.port, 7001);
    assert.equal(loaded.config.redis.host, '${literal}');
    for (const shown of [printConfig(loaded), JSON.stringify(describeConfig(loaded))]) {
      for (const hidden of ['hunter2', 'broker-hidden', 'pa55word', '7001', 'hooks.example.org']) assert.ok(!shown.includes(hidden), hidden);
    }
  });

  test('a password written into an address is hidden too', () => {
    const loaded = loadConfig({ path: fileWith('elasticsearch: {host: "http://user:pa55@word@search:9200/a@b"}'), env: {} });
    assert.match(printConfig(loaded), /http:\/\/\*{8}@search:9200\/a@b/);
  });

  test('a password in an address without a scheme is hidden too, in print and in errors', () => {
    const broker = loadConfig({ path: fileWith('kafka: {bootstrap_servers: ["user:pa55@broker:9092", "b:1"]}'), env: {} });
    assert.match(printConfig(broker), /\[?['"]?\*{8}@broker:9092/);
    assert.doesNotMatch(printConfig(broker), /pa55/);
    assert.doesNotMatch(JSON.stringify(problemsOf('elasticsearch: {host: "user:pa55@search:9200"}')), /pa55/);
    const format = loadConfig({ path: fileWith(`source: {format: '%h:%p@%v "%r"', paths: ['/logs/a:b@c.log']}`), env: {} });
    assert.match(printConfig(format), /%h:%p@%v/);
    assert.match(printConfig(format), /a:b@c\.log/);
  });

  test('do not show in error messages', () => {
    const env = { SECRET: 'not a topic', PORT: 'abc-secret' };
    const text = JSON.stringify(
      problemsOf('kafka: {topic: "${SECRET}"}\nredis: {port: "${PORT}"}\nelasticsearch: {host: "ftp://u:pa55@h"}', { env }),
    );
    assert.match(text, /secret that is not shown/);
    assert.doesNotMatch(text, /not a topic|abc-secret|pa55/);
  });

  test('do not show in syntax errors either, and a missing pair of quotes is named', () => {
    const problems = problemsOf('redis: {port: ${PORT}, db: 1}\nmonitoring: {alert_webhook: "https://hooks.example.org/T0"}\n');
    assert.match(problems[0]!.message, /quotes around \$\{/);
    assert.doesNotMatch(JSON.stringify(problems), /hooks/);
  });

  test('that are missing or malformed are listed like other errors', () => {
    const problems = problemsOf(
      'kafka:\n  topic: ${NOPE}\nsource:\n  id: {file: /does/not/exist}\n  format: "${no name}"\n  paths: [a, "${NOPE}"]\nstate: {directory: {file: }}\n',
    );
    assert.deepEqual(problems.map(({ path, line }) => `${path}:${line}`), ['kafka.topic:2', 'source.id:4', 'source.format:5', 'source.paths:6', 'state.directory:7']); // prettier-ignore
    assert.match(problems[0]!.message, /NOPE/);
  });

  test('are not looked for in flags, where a shell has done that', () => {
    const { config } = loadConfig({ path: fileWith(''), env: {}, overrides: { 'source.paths': ['${x}.log'] } });
    assert.deepEqual(config.source.paths, ['${x}.log']);
  });
});
