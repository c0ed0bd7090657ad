/**
 * The first seconds of the services: what is asked for, what is wrong, what is missing; exit codes and words.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { sharedKafka, sharedOpenSearch } from '@sluice/testing';

import { createCluster } from './support/cluster.ts';
import { createSandbox } from './support/sandbox.ts';

import type { AddressInfo } from 'node:net';

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

for (const app of ['ingest', 'indexer'] as const) {
  test(`${app}: help, version, mistakes and a wrong configuration`, async (t) => {
    const sandbox = await createSandbox(t);
    const help = await sandbox.runBundle(app, ['--help']);
    assert.equal(help.exitCode, 0);
    assert.match(help.stdout, /Usage/);
    assert.match((await sandbox.runBundle(app, ['--version'])).stdout, /^\w+ \d+\.\d+\.\d+\n$/);

    const mistake = await sandbox.runBundle(app, ['--frobnicate']);
    assert.equal(mistake.exitCode, 2);
    assert.match(mistake.stderr, new RegExp(`Run: ${app} --help`)); // eslint-disable-line security/detect-non-literal-regexp -- names of the test

    sandbox.write('bad.yml', 'kafka:\n  topik: x\nelasticsearch: {bulk_size: many}\n');
    const wrong = await sandbox.runBundle(app, ['--config', 'bad.yml']);
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /bad\.yml:2: kafka\.topik/);
    assert.match(wrong.stderr, /bad\.yml:3: elasticsearch\.bulk_size/);
    assert.equal((await sandbox.runBundle(app, ['--config', 'none.yml'])).exitCode, 2);
  });

  test(`${app}: without a broker it says so, and ends with 1 after the time that is configured`, async (t) => {
    const sandbox = await createSandbox(t);
    const search = await sharedOpenSearch();
    const port = await closedPort();
    const cluster = createCluster(sandbox, { name: `start-${app}`, bootstrapServers: `127.0.0.1:${port}`, openSearchUrl: search.url });
    const log = sandbox.write('access.log', '');
    const { exitCode, stderr } = await sandbox.runBundle(app, [], {
      env: { ...cluster.env, SLUICE_STARTUP__DEADLINE_SECONDS: '2', SLUICE_SOURCE__PATHS: log },
    });
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /kafka was not there within 2 s/);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}`), 'names the address'); // eslint-disable-line security/detect-non-literal-regexp -- a number
    assert.match(stderr, /kafka\.bootstrap_servers/, 'says what to do');
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace');
  });
}

test('ingest without anything to follow says what to set', async (t) => {
  const sandbox = await createSandbox(t);
  const { exitCode, stderr } = await sandbox.runBundle('ingest', []);
  assert.equal(exitCode, 2);
  assert.match(stderr, /source\.paths is empty/);
});

test('indexer without OpenSearch says so, and ends with 1 after the time that is configured', async (t) => {
  const sandbox = await createSandbox(t);
  const kafka = await sharedKafka();
  const port = await closedPort();
  const cluster = createCluster(sandbox, {
    name: 'start-no-search',
    bootstrapServers: kafka.bootstrapServers,
    openSearchUrl: `http://127.0.0.1:${port}`,
  });
  const { exitCode, stderr } = await sandbox.runBundle('indexer', [], { env: { ...cluster.env, SLUICE_STARTUP__DEADLINE_SECONDS: '2' } });
  assert.equal(exitCode, 1, stderr);
  assert.match(stderr, /opensearch was not there within 2 s/);
});

test('two ingests cannot have one state folder', async (t) => {
  const sandbox = await createSandbox(t);
  const [kafka, search] = await Promise.all([sharedKafka(), sharedOpenSearch()]);
  const cluster = createCluster(sandbox, { name: 'start-twice', bootstrapServers: kafka.bootstrapServers, openSearchUrl: search.url });
  const log = sandbox.write('access.log', '');
  await cluster.startIngest([log]);
  const second = await sandbox.runBundle('ingest', [], { env: { ...cluster.env, SLUICE_SOURCE__PATHS: log } });
  assert.equal(second.exitCode, 1);
  assert.match(second.stderr, /Another process|another process/);
});
