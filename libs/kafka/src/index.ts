export { createKafkaPublisher } from './kafka-publisher.ts';
export type { KafkaPublisher, KafkaPublisherDeps } from './kafka-publisher.ts';
export { createKafkaConsumer } from './kafka-consumer.ts';
export type { ConsumerStatus, KafkaConsumer, KafkaConsumerDeps, KafkaConsumerOptions } from './kafka-consumer.ts';
export type { PartitionLag } from './topic-admin.ts';
