/**
 * A process that consumes a topic in which nothing happens, and publishes nothing: prints what that costs a second.
 * Argument: the settings as JSON.
 */
import { performance } from 'node:perf_hooks';

import { silentLogger } from '@sluice/ports';

import { createKafkaConsumer, createKafkaPublisher } from '../index.ts';

import type { KafkaConfig } from '@sluice/config';

const settleMs = 1500;
const measureMs = 3000;

const config = JSON.parse(process.argv[2] ?? '{}') as KafkaConfig;
const ignore = (): undefined => undefined;
const telemetry = { connectionsChanged: ignore, lag: ignore, lagSeconds: ignore, publishRetry: ignore, rebalanced: ignore };
const publisher = createKafkaPublisher(config, { telemetry, logger: silentLogger });
await publisher.check();
const consumer = createKafkaConsumer(config, { batchSize: 10, maxInWork: 1 }, { telemetry, logger: silentLogger });
void consumer.run(() => {
  setTimeout(measure, settleMs);
  return Promise.resolve();
});

function measure(): void {
  const loopsBefore = performance.nodeTiming.uvMetricsInfo.loopCount;
  const cpuBefore = process.cpuUsage();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const loops = Math.round(((performance.nodeTiming.uvMetricsInfo.loopCount - loopsBefore) * 1000) / measureMs);
    process.stdout.write(`idle ${JSON.stringify({ loops, cpuShare: (user + system) / 1000 / measureMs })}\n`);
  }, measureMs);
}
