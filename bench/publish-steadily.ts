/**
 * Events that keep coming to all partitions of a topic, each with an id of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { createKafkaPublisher } from '@sluice/kafka';
import { silentLogger } from '@sluice/ports';
import { buildEvent } from '@sluice/testing';

import { ignoringTelemetry, kafkaConfig } from './watched-topic.ts';

import type { OutgoingRecord } from '@sluice/ports';

export interface SteadyPublishing {
  /** Returns how many were acknowledged. Idempotent. */
  stop(): Promise<number>;
}

const partitions = 12;
const eventsPerCall = 10;
const pauseMs = 100;

/** Starts: some hundred events a second to each partition. */
export function publishSteadily(bootstrapServers: string, topic: string): SteadyPublishing {
  const publisher = createKafkaPublisher(kafkaConfig(bootstrapServers, topic), { telemetry: ignoringTelemetry, logger: silentLogger });
  let isStopping = false;
  let published = 0;
  const calls = (): Promise<void>[] =>
    // Calls go to the partitions in turn.
    Array.from({ length: partitions }, () => {
      const timestamp = new Date().toISOString();
      const records = Array.from({ length: eventsPerCall }, (): OutgoingRecord => {
        published += 1;
        return { kind: 'event', event: buildEvent({ event_id: `steady-${published}`, timestamp }) };
      });
      return publisher.publish(records, { readAtMs: Date.now() });
    });
  const publishing = (async () => {
    while (!isStopping) {
      await Promise.all(calls());
      await sleep(pauseMs);
    }
    await publisher.close();
    return published;
  })();
  return {
    stop: () => {
      isStopping = true;
      return publishing;
    },
  };
}
