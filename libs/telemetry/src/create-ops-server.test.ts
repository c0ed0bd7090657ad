import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';

import { isSluiceError } from '@sluice/errors';
import { silentLogger } from '@sluice/ports';

import { createHealthMonitor } from './create-health-monitor.ts';
import { createMetrics } from './create-metrics.ts';
import { createOpsServer } from './create-ops-server.ts';

import type { AddressInfo } from 'node:net';
import type { ComponentHealth, HealthReport, ProbeResult } from './health-report.ts';

describe('the ops server', () => {
  let store: ComponentHealth = { status: 'ok' };
  let stalled: string | null = null;
  const metrics = createMetrics();
  const deps = (health: { health(): Promise<HealthReport>; ready(): Promise<ProbeResult>; live(): ProbeResult }) =>
    createOpsServer({ host: '127.0.0.1', port: 0 }, { ...health, registry: metrics.registry, logger: silentLogger });
  const monitors = new Set<{ stop(): void }>();
  /** A fresh monitor for each question, as a monitor gives a young report again. */
  const monitor = () => {
    const made = createHealthMonitor(
      { intervalSeconds: 30 },
      { checks: { store: () => store, sources: () => ({ status: 'ok', data: { files: 2 } }) }, logger: silentLogger, stalled: () => stalled },
    );
    monitors.add(made);
    return made;
  };
  const server = deps({ health: () => monitor().health(), ready: () => monitor().ready(), live: () => monitor().live() });
  let url = '';
  before(async () => {
    ({ url } = await server.start());
  });
  after(async () => {
    await server.stop();
    for (const made of monitors) made.stop();
  });
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test('port 0 gives a free port and says which', () => assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/));

  test('/metrics is the registry in the text format', async () => {
    metrics.indexing.recordsStored(3);
    const { status, headers, text } = await get('/metrics');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(text, /^sluice_records_stored_total 3$/m);
    assert.match(text, /^nodejs_eventloop_lag_seconds /m);
  });

  test('/ready follows dependencies while /live does not', async () => {
    store = { status: 'failed', message: 'disk full' };
    const ready = await get('/ready');
    assert.equal(ready.status, 503);
    assert.deepEqual(JSON.parse(ready.text), { status: 'failed', reasons: ['store: disk full'] });
    assert.equal((await get('/live')).status, 200);
    const health = await get('/health');
    assert.equal(health.status, 503);
    const report = JSON.parse(health.text) as HealthReport;
    assert.equal(report.components['store']?.message, 'disk full');
    assert.deepEqual(report.components['sources']?.data, { files: 2 });
    assert.ok(report.memory.rssBytes > 1_000_000 && report.cpu.coreShare >= 0 && report.eventLoop.delayMaxMs >= 0);
  });

  test('degraded is ready', async () => {
    store = { status: 'degraded', message: 'rebalancing' };
    assert.equal((await get('/ready')).status, 200);
    assert.equal((JSON.parse((await get('/health')).text) as HealthReport).status, 'degraded');
    store = { status: 'ok' };
    assert.deepEqual(JSON.parse((await get('/ready')).text), { status: 'ok', reasons: [] });
  });

  test('/live fails when only a restart would help', async () => {
    stalled = 'the reader has not moved for 120 s';
    const { status, text } = await get('/live');
    assert.equal(status, 503);
    assert.match(text, /reader/);
    stalled = null;
  });

  test('everything else is 404 or refused, says nothing of the request, and carries security headers', async () => {
    for (const path of ['/', '/metrics/', '/../etc/passwd', '/live?<script>', '/%00', '/health/x', '/favicon.ico', '/%zz']) {
      const { status, text, headers } = await get(path);
      assert.ok(path.startsWith('/live') ? status === 200 : status === 404 || status === 400, `${path} ${status}`);
      assert.doesNotMatch(text, /script|etc|favicon|at .*\.ts/);
      if (status === 404) assert.equal(headers.get('x-content-type-options'), 'nosniff');
    }
    assert.equal((await get('/metrics', { method: 'POST', body: 'x'.repeat(100_000) })).status >= 400, true);
    assert.equal((await get('/metrics', { method: 'DELETE' })).status, 404);
    const { headers } = await get('/live');
    for (const name of ['content-security-policy', 'x-frame-options', 'cache-control']) assert.ok(headers.get(name), name);
  });

  test('bytes that are no HTTP are refused', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('\u0016\u0003\u0001 nonsense\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 400/);
  });
});

test('a failure inside is answered without a word about it', async () => {
  const failing = () => Promise.reject(new Error('secret path /var/lib'));
  const logged: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => void logged.push(message) };
  const { registry } = createMetrics({ processMetrics: false });
  const server = createOpsServer({ host: '127.0.0.1', port: 0 }, { registry, health: failing, ready: failing, live: failing, logger });
  const { url } = await server.start();
  const response = await fetch(`${url}/ready`);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), '{"error":"internal error"}');
  assert.equal(logged.length, 1);
  await server.stop();
  await server.stop();
});

describe('listening', () => {
  const live = () => ({ ok: true, reasons: [] });
  const serverAt = (host: string, port: number) => {
    const { registry } = createMetrics({ processMetrics: false });
    return createOpsServer({ host, port }, { registry, health: () => Promise.reject(new Error('unused')), ready: live, live, logger: silentLogger });
  };

  test('a port that is taken is PORT_IN_USE with address and port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const server = serverAt('127.0.0.1', port);
    await assert.rejects(server.start(), (error) => isSluiceError(error, 'PORT_IN_USE') && error.message === `Port ${port} on 127.0.0.1 is taken.`);
    await server.stop();
    taken.close();
  });

  test('an address of another machine is an error of the configuration', async () => {
    const server = serverAt('192.0.2.1', 0);
    await assert.rejects(server.start(), (error) => isSluiceError(error, 'CONFIG_INVALID') && error.message.includes('192.0.2.1'));
    await server.stop();
  });

  test('stopping before starting is nothing', () => serverAt('127.0.0.1', 0).stop());
});
