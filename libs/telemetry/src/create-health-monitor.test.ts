import assert from 'node:assert/strict';
import { test } from 'node:test';

import { silentLogger } from '@sluice/ports';

import { createHealthMonitor } from './create-health-monitor.ts';

import type { ComponentCheck } from './create-health-monitor.ts';

function monitorOf(checks: Record<string, ComponentCheck>, config: { checkTimeoutMs?: number } = {}) {
  const logged: { message: string; data: Record<string, unknown> | undefined }[] = [];
  let arrived = () => {};
  const logger = {
    ...silentLogger,
    info: (message: string, data?: Record<string, unknown>) => {
      logged.push({ message, data });
      arrived();
    },
  };
  const nextLine = () => new Promise<void>((resolve) => (arrived = resolve));
  return { monitor: createHealthMonitor({ intervalSeconds: 30, ...config }, { checks, logger }), logged, nextLine };
}

test('health is logged at once and every interval, until stopped', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const { monitor, logged, nextLine } = monitorOf({ store: () => ({ status: 'ok' }) });
  monitor.stop();
  let line = nextLine();
  monitor.start();
  monitor.start();
  await line;
  line = nextLine();
  context.mock.timers.tick(30_000);
  await line;
  assert.deepEqual(logged.map(({ message, data }) => [message, data?.['status']]), [['health', 'ok'], ['health', 'ok']]); // prettier-ignore
  assert.deepEqual(Object.keys(logged[0]?.data ?? {}), ['status', 'memory', 'cpu', 'eventLoop', 'components']);
  monitor.stop();
  context.mock.timers.tick(300_000);
  assert.equal(logged.length, 2);
});

test('a check that throws, rejects or hangs has failed and harms no other', async () => {
  const { monitor } = monitorOf(
    {
      throws: () => {
        throw new Error('broken');
      },
      rejects: () => Promise.reject(new Error('refused')),
      hangs: () => new Promise(() => undefined),
      works: () => Promise.resolve({ status: 'ok' }),
    },
    { checkTimeoutMs: 20 },
  );
  // The timeout keeps no process alive by itself.
  const alive = setInterval(() => undefined, 1000);
  const { status, components } = await monitor.health();
  clearInterval(alive);
  assert.equal(status, 'failed');
  assert.deepEqual(components, {
    throws: { status: 'failed', message: 'broken' },
    rejects: { status: 'failed', message: 'refused' },
    hangs: { status: 'failed', message: 'no answer within 20 ms' },
    works: { status: 'ok' },
  });
  assert.deepEqual((await monitor.ready()).reasons, ['throws: broken', 'rejects: refused', 'hangs: no answer within 20 ms']);
  monitor.stop();
});

test('a flood of probes asks the components once', async () => {
  let asked = 0;
  const { monitor } = monitorOf({
    store: () => {
      asked++;
      return { status: 'ok' };
    },
  });
  await Promise.all(Array.from({ length: 100 }, () => monitor.ready()));
  assert.equal(asked, 1);
  monitor.stop();
});

test('a busy loop shows as delay and processor time', async () => {
  const { monitor } = monitorOf({});
  await new Promise((resolve) => setTimeout(resolve, 250));
  const until = performance.now() + 500;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 250));
  const { eventLoop, cpu } = await monitor.health();
  assert.ok(eventLoop.delayMaxMs > 200, String(eventLoop.delayMaxMs));
  assert.ok(cpu.coreShare > 0.1);
  assert.ok(monitor.live().ok);
  monitor.stop();
});
