/**
 * Creates the topics that do not exist, where `kafka.create_topic` asks for it.
 */
import { deadLetterTopic } from './kafka-settings.ts';
import { createKafkaJs } from './kafkajs-client.ts';
import { createTopicAdmin } from './topic-admin.ts';

import type { KafkaConfig } from '@sluice/config';
import type { KafkaJsDeps } from './kafkajs-client.ts';
import type { TopicAdmin } from './topic-admin.ts';

/** Creates the topic of events and that of dead letters; one partition is enough for letters. */
export async function createTopics(config: KafkaConfig, admin: TopicAdmin): Promise<void> {
  const { topic, partitions, replication } = config;
  await admin.create([
    { topic, partitions, replication },
    { topic: deadLetterTopic(config), partitions: 1, replication },
  ]);
}

/** The same with a connection of its own, which is closed afterwards. */
export async function createTopicsOnce(config: KafkaConfig, deps: KafkaJsDeps): Promise<void> {
  const admin = createTopicAdmin(createKafkaJs(config, deps));
  await createTopics(config, admin).finally(() => admin.close());
}
