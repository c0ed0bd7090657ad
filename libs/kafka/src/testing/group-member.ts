/**
 * A process that consumes, for tests that kill one: prints the ids of each batch once it is done with it.
 * Arguments: the settings as JSON, milliseconds of work per batch.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { silentLogger } from '@sluice/ports';

import { createKafkaConsumer } from '../index.ts';

import type { KafkaConfig } from '@sluice/config';
import type { LogEvent } from '@sluice/event';

const [settings = '{}', workMs = '0'] = process.argv.slice(2);
const consumer = createKafkaConsumer(
  JSON.parse(settings) as KafkaConfig,
  { batchSize: 50, maxInWork: 4 },
  {
    telemetry: {
      connectionsChanged: () => undefined,
      lag: () => undefined,
      lagSeconds: () => undefined,
      publishRetry: () => undefined,
      rebalanced: () => process.stdout.write('joined\n'),
    },
    logger: silentLogger,
  },
);

await consumer.run(async ({ records }) => {
  await delay(Number(workMs));
  const ids = records.map((record) => (record.kind === 'encoded' ? (JSON.parse(String(record.value)) as LogEvent).event_id : ''));
  process.stdout.write(`done ${ids.join(' ')}\n`);
});
