import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Kafka, logLevel } from 'kafkajs';

import { runProcess } from '../spawn-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { waitFor } from '../wait-for.ts';
import { startKafka, startOpenSearch, startRedis } from './index.ts';

import type { Socket } from 'node:net';
import type { SASLOptions } from 'kafkajs';
import type { OpenSearchVersion } from './index.ts';

const testbed = JSON.stringify(new URL('index.ts', import.meta.url).href);

test('Redis answers, keeps its data through a kill, and ends', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const address = { host: redis.host, port: redis.port };
  assert.equal(await ask(connect(address), 'SET kept here'), '+OK');
  const { pid } = redis;
  await redis.kill();
  assert.ok(!isAlive(pid));
  await redis.restart();
  assert.notEqual(redis.pid, pid);
  assert.match(await ask(connect(address), 'GET kept'), /here$/);
  await redis.stop();
  await redis.stop();
  await assert.rejects(ask(connect(address), 'PING'), { code: 'ECONNREFUSED' });
});

test('Redis demands TLS and a password where it is told to', async (t) => {
  const redis = await startRedis({ tls: true, password: 'a "quoted" word' });
  t.after(() => redis.stop());
  const open = () => connectTls({ host: redis.host, port: redis.port, ...(redis.ca === undefined ? {} : { ca: redis.ca }) });
  assert.match(await ask(open(), 'PING'), /^-NOAUTH/);
  assert.equal(await ask(open(), 'AUTH "a \\"quoted\\" word"'), '+OK');
});

test('Kafka keeps its records and its address through a kill, with every SASL mechanism, with and without TLS', async (t) => {
  const kafka = await startKafka({ security: true, properties: { 'num.partitions': '2' } });
  t.after(() => kafka.stop());
  const [user] = kafka.users;
  const { sasl } = kafka;
  assert.ok(user !== undefined && sasl !== undefined && kafka.ca !== undefined);
  const ca = kafka.ca;
  const clients = [new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING })];
  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    const credentials = { mechanism, ...user } as SASLOptions;
    clients.push(new Kafka({ brokers: [sasl.plaintext], sasl: credentials, logLevel: logLevel.NOTHING }));
    clients.push(new Kafka({ brokers: [sasl.tls], sasl: credentials, ssl: { ca: [ca] }, logLevel: logLevel.NOTHING }));
  }
  for (const client of clients) {
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic: 'kept', messages: [{ value: 'a', partition: 0 }] });
    await producer.disconnect();
  }
  await kafka.kill();
  await kafka.restart();
  const admin = clients[0]!.admin();
  await admin.connect();
  t.after(() => admin.disconnect());
  // It answers a moment before its partitions have a leader again.
  const offsets = await waitFor(() => admin.fetchTopicOffsets('kept'), 30_000, 'the offsets');
  assert.deepEqual(offsets.map(({ high }) => high).sort(), ['0', String(clients.length)]);
});

for (const version of ['3', '2'] satisfies OpenSearchVersion[]) {
  test(`OpenSearch ${version} keeps its documents and its address through a kill`, async (t) => {
    const store = await startOpenSearch({ version });
    t.after(() => store.stop());
    const about = (await (await fetch(store.url)).json()) as { version: { number: string } };
    assert.equal(about.version.number.split('.', 1)[0], version);
    const body = JSON.stringify({ field: 'value' });
    const put = await fetch(`${store.url}/kept/_doc/1`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
    assert.equal(put.status, 201);
    await store.kill();
    await store.restart();
    const found = await (await fetch(`${store.url}/kept/_source/1`)).json();
    assert.deepEqual(found, { field: 'value' });
  });
}

test('a service that is stopped in its tracks goes on when it is let', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  await redis.kill('SIGSTOP');
  const socket = connect(redis.port, redis.host);
  const answer = ask(socket, 'PING');
  await once(socket, 'connect');
  await redis.kill('SIGCONT');
  assert.equal(await answer, '+PONG');
});

test('a service that cannot start says why, with the end of its log', async (t) => {
  const first = await startRedis();
  t.after(() => first.stop());
  await assert.rejects(startRedis({ port: first.port }), /Address already in use/);
  await assert.rejects(startRedis({ settings: { appendonly: 'perhaps' } }), /redis did not start: .* exit code 1[^]*argument must be 'yes' or 'no'/);
});

for (const service of ['startRedis', 'startKafka']) {
  test(`nothing is left of ${service} when its process and all of its group are killed`, async (t) => {
    const code = `import { ${service} } from ${testbed}; process.stdout.write((await ${service}()).pid + '\\n'); setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', code], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    t.after(() => starter.kill('SIGKILL'));
    let output = '';
    starter.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const pid = Number(await waitFor(() => /^(\d+)\n/.exec(output)?.[1], 60_000, 'a started service'));
    assert.ok(isAlive(pid));
    process.kill(-(starter.pid ?? 0), 'SIGKILL');
    await waitFor(() => !isAlive(pid), 10_000, 'the end of the service');
  });
}

test('a process that forgets a service ends all the same, and the service with it', async () => {
  const code = `import { sharedRedis } from ${testbed}; console.log(JSON.stringify(await sharedRedis()));`;
  const { exitCode, stdout } = await runProcess(['--input-type=module', '--eval', code]);
  assert.equal(exitCode, 0);
  const { host, port } = JSON.parse(stdout) as { host: string; port: number };
  await waitFor(
    () =>
      ask(connect(port, host), 'PING').then(
        () => false,
        () => true,
      ),
    10_000,
    'the end of the service',
  );
});

test('an address that the environment gives is used instead of a service of its own', async () => {
  const code = `import { sharedKafka, sharedOpenSearch, sharedRedis } from ${testbed};
    console.log(JSON.stringify([await sharedKafka(), await sharedOpenSearch('2'), await sharedRedis()]));`;
  const env = { SLUICE_TEST_KAFKA: 'k:1', SLUICE_TEST_OPENSEARCH_2: 'http://o:2', SLUICE_TEST_REDIS: 'r:3' };
  const { stdout } = await runProcess(['--input-type=module', '--eval', code], { env });
  assert.deepEqual(JSON.parse(stdout), [{ bootstrapServers: 'k:1' }, { url: 'http://o:2', version: '2' }, { host: 'r', port: 3 }]);
});

test('two processes may fill an empty cache at once', async (t) => {
  const cache = await temporaryFolder(t);
  const code = `import { startRedis } from ${testbed}; await (await startRedis()).stop();`;
  const start = () => runProcess(['--input-type=module', '--eval', code], { env: { SLUICE_TESTBED_CACHE: cache }, timeoutMs: 120_000 });
  for (const { exitCode, stderr } of await Promise.all([start(), start()])) assert.equal(exitCode, 0, stderr);
  const [folder, ...others] = await readdir(cache);
  assert.match(folder ?? '', /^redis-[0-9a-f]{12}$/);
  assert.deepEqual(others, []);
});

test('without Java it says what to install', async (t) => {
  const env = { SLUICE_TESTBED_CACHE: await temporaryFolder(t), PATH: '/nowhere', JAVA_HOME: '' };
  const code = `import { findJava } from ${JSON.stringify(new URL('find-java.ts', import.meta.url).href)}; await findJava(99);`;
  const { exitCode, stderr } = await runProcess(['--input-type=module', '--eval', code], { env });
  assert.equal(exitCode, 1);
  assert.match(stderr, /needs Java 99 or newer.*apt-get install openjdk-99-jre-headless maven/);
});

/** Sends one command as Redis also takes it from a terminal, and returns its first answer. */
async function ask(socket: Socket, command: string): Promise<string> {
  try {
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().trimEnd();
  } finally {
    socket.destroy();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
