/**
 * The client that `kafka.producer` names, loaded only when it is used: platformatic's takes 0.3 s and 55 MB to load.
 */
import type { KafkaConfig } from '@sluice/config';
import type { DriverDeps, PublishDriver } from './publish-driver.ts';

/** Builds the driver; creates the topics first where that is asked for. */
export async function openDriver(config: KafkaConfig, deps: DriverDeps): Promise<PublishDriver> {
  if (config.create_topic) await (await import('./create-topics.ts')).createTopicsOnce(config, deps);
  if (config.producer === 'kafkajs') return (await import('./kafkajs-driver.ts')).createKafkaJsDriver(config, deps);
  return (await import('./platformatic-driver.ts')).createPlatformaticDriver(config, deps);
}
