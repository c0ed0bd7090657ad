/**
 * What another shipper does: writes values into a topic, as they are.
 */
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/** Publishes the values, uncompressed; the topic is made when need be. */
export async function publishRaw(bootstrapServers: string, topic: string, values: readonly (string | Buffer | null)[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'another-shipper', brokers: [bootstrapServers], logLevel: logLevel.ERROR });
  const producer = kafka.producer({ allowAutoTopicCreation: true, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
  } finally {
    await producer.disconnect();
  }
}
