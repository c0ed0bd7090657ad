/**
 * A topic seen from the brokers: what it holds, and how far a group is. Nothing is asked of the services.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { loadConfig } from '@sluice/config';
import { createKafkaConsumer } from '@sluice/kafka';
import { silentLogger } from '@sluice/ports';

import type { KafkaConfig } from '@sluice/config';
import type { PartitionLag } from '@sluice/kafka';

export interface WatchedTopic {
  /** Records in it, by its offsets. */
  recordCount(): Promise<number>;
  lag(): Promise<PartitionLag[]>;
  /** Asks until the group has committed everything; shows how far it was at each answer. */
  untilCommitted(deadlineMs: number): Promise<readonly ProgressStep[]>;
  close(): Promise<void>;
}

export interface ProgressStep {
  /** By `performance.now()`. */
  readonly atMs: number;
  /** Records that the group has committed. */
  readonly done: number;
}

const ignore = (): undefined => undefined;
export const ignoringTelemetry = { connectionsChanged: ignore, lag: ignore, lagSeconds: ignore, publishRetry: ignore, rebalanced: ignore };
const pollPauseMs = 50;
const attempts = 50;
const attemptPauseMs = 200;

/** Settings of a client of this process. */
export function kafkaConfig(bootstrapServers: string, topic: string, group = topic): KafkaConfig {
  return { ...loadConfig({ env: {} }).config.kafka, bootstrap_servers: [bootstrapServers], topic, group_id: group, create_topic: true };
}

/** Opens the view; `group` is the one whose progress is asked for. */
export function watchTopic(bootstrapServers: string, topic: string, group = topic): WatchedTopic {
  const client = createKafkaConsumer(kafkaConfig(bootstrapServers, topic, group), { batchSize: 1, maxInWork: 1 }, { telemetry: ignoringTelemetry, logger: silentLogger }); // prettier-ignore
  /** The brokers may not know the topic yet, or still be loading what they know of groups. */
  const askLag = async (): Promise<PartitionLag[]> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await client.lag();
      } catch (error) {
        if (attempt === attempts) throw error;
        await sleep(attemptPauseMs);
      }
    }
  };
  const sum = (lags: readonly PartitionLag[], value: (lag: PartitionLag) => number): number => lags.reduce((total, lag) => total + value(lag), 0);
  return {
    recordCount: async () => sum(await askLag(), ({ end }) => end),
    lag: askLag,
    untilCommitted: async (deadlineMs) => {
      const steps: ProgressStep[] = [];
      const startedAtMs = performance.now();
      while (performance.now() - startedAtMs < deadlineMs) {
        const lags = await askLag();
        steps.push({ atMs: performance.now(), done: sum(lags, ({ committed }) => committed ?? 0) });
        if (sum(lags, ({ lag }) => lag) === 0) return steps;
        await sleep(pollPauseMs);
      }
      throw new Error(`the group had committed ${steps.at(-1)?.done ?? 0} records after ${deadlineMs / 1000} s`);
    },
    close: () => client.stop(1000),
  };
}

/** Records a second from the first step at which this share of them was done, to the end. */
export function recordsPerSecond(steps: readonly ProgressStep[], fromShare = 0): number {
  const total = steps.at(-1)?.done ?? 0;
  const [from, to] = [steps.find(({ done }) => done > 0 && done >= total * fromShare), steps.at(-1)];
  if (from === undefined || to === undefined || from === to) return Number.NaN;
  return ((to.done - from.done) / (to.atMs - from.atMs)) * 1000;
}
