/**
 * Questions to the brokers about topics and groups. After a failure the connection is made anew: an admin client that
 * saw an outage is not worth trusting.
 */
import { SluiceError } from '@sluice/errors';

import { isTopicMissing } from './kafka-error.ts';

import type { Admin, Kafka } from 'kafkajs';

export interface TopicToCreate {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
}

/** How far a group is in one partition. Offsets are exact up to 2^53. */
export interface PartitionLag {
  readonly partition: number;
  /** The next offset the group will read; null when it has committed none. */
  readonly committed: number | null;
  /** The offset the next record will get. */
  readonly end: number;
  /** Records between the two; of a partition without a commit, all it holds. */
  readonly lag: number;
}

export interface TopicAdmin {
  hasTopic(topic: string): Promise<boolean>;
  /** Rejects with KAFKA_TOPIC_MISSING when the brokers do not know the topic. */
  check(topic: string): Promise<void>;
  /** Creates those that do not exist. */
  create(topics: readonly TopicToCreate[]): Promise<void>;
  groupLag(groupId: string, topic: string): Promise<PartitionLag[]>;
  close(): Promise<void>;
}

export function createTopicAdmin(kafka: Kafka): TopicAdmin {
  let connected: Promise<Admin> | null = null;

  async function connect(): Promise<Admin> {
    const admin = kafka.admin();
    try {
      await admin.connect();
    } catch (error) {
      void admin.disconnect().catch(() => undefined);
      throw error;
    }
    return admin;
  }

  async function withAdmin<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    connected ??= connect();
    const used = connected;
    try {
      return await ask(await used);
    } catch (error) {
      if (connected === used) connected = null;
      used.then((admin) => admin.disconnect()).catch(() => undefined);
      throw error;
    }
  }

  const hasTopic = async (topic: string): Promise<boolean> => {
    try {
      await withAdmin((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      return true;
    } catch (error) {
      if (isTopicMissing(error)) return false;
      throw error;
    }
  };

  return {
    hasTopic,
    check: async (topic) => {
      if (!(await hasTopic(topic))) throw new SluiceError('KAFKA_TOPIC_MISSING', `The brokers know no topic ${topic}.`);
    },
    create: async (topics) => {
      // Asked first: who may not create topics may still use those that exist.
      const known = await Promise.all(topics.map(({ topic }) => hasTopic(topic)));
      const missing = topics.filter((_, index) => known[index] === false);
      if (missing.length === 0) return;
      const specifications = missing.map(({ topic, partitions, replication }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
      }));
      // One that another process creates at this moment is no error.
      await withAdmin((admin) => admin.createTopics({ topics: specifications }));
    },
    groupLag: (groupId, topic) =>
      withAdmin(async (admin) => {
        const [ends, [group]] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId, topics: [topic] })]);
        const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        return ends.map(({ partition, low, high }) => lagOf(partition, Number(low), Number(high), committed.get(partition) ?? -1)).sort(byPartition);
      }),
    close: async () => {
      await connected?.then((admin) => admin.disconnect()).catch(() => undefined);
    },
  };
}

/** Records that the brokers have deleted already do not wait for anybody. */
function lagOf(partition: number, low: number, end: number, committed: number): PartitionLag {
  return { partition, committed: committed < 0 ? null : committed, end, lag: Math.max(0, end - Math.max(low, committed)) };
}

function byPartition(a: PartitionLag, b: PartitionLag): number {
  return a.partition - b.partition;
}
