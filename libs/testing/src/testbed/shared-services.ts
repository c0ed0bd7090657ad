/**
 * Services that tests may share because they neither stop nor fill them: those whose addresses the environment gives, as
 * `npm test` does, else one for this process.
 */
import { environmentVariable } from './environment-variable.ts';
import { startKafka } from './start-kafka.ts';
import { startOpenSearch } from './start-opensearch.ts';
import { startRedis } from './start-redis.ts';

import type { GuardedService } from './guarded-service.ts';
import type { KafkaService } from './start-kafka.ts';
import type { OpenSearchAddress, OpenSearchVersion } from './start-opensearch.ts';
import type { RedisAddress } from './start-redis.ts';

export interface SharedServices {
  /** Variables by which tests in other processes find the services. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const started = new Map<string, Promise<unknown>>();

/** A Kafka at `SLUICE_TEST_KAFKA`, else one of this process. Use topics and groups of your own names. */
export function sharedKafka(): Promise<Pick<KafkaService, 'bootstrapServers'>> {
  return shared('SLUICE_TEST_KAFKA', (bootstrapServers) => ({ bootstrapServers }), startKafka);
}

/** An OpenSearch at `SLUICE_TEST_OPENSEARCH_3` or `_2`, else one of this process. Use indexes and templates of your own names. */
export function sharedOpenSearch(version: OpenSearchVersion = '3'): Promise<OpenSearchAddress> {
  return shared(
    `SLUICE_TEST_OPENSEARCH_${version}`,
    (url) => ({ url, version }),
    () => startOpenSearch({ version }),
  );
}

/** A Redis at `SLUICE_TEST_REDIS` (`host:port`), else one of this process. Use a key prefix of your own. */
export function sharedRedis(): Promise<RedisAddress> {
  return shared('SLUICE_TEST_REDIS', toRedisAddress, startRedis);
}

function shared<T>(variable: string, given: (address: string) => T, start: () => Promise<T>): Promise<T> {
  const address = environmentVariable(variable);
  if (address !== undefined) return Promise.resolve(given(address));
  const known = started.get(variable) ?? start();
  started.set(variable, known);
  return known as Promise<T>;
}

function toRedisAddress(address: string): RedisAddress {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

interface Started {
  readonly service: GuardedService;
  readonly address: string;
}

/** Starts, all at once, every shared service whose address the environment does not give. */
export async function startSharedServices(): Promise<SharedServices> {
  const starters: Record<string, () => Promise<Started>> = {
    SLUICE_TEST_KAFKA: () => startKafka().then((service) => ({ service, address: service.bootstrapServers })),
    SLUICE_TEST_OPENSEARCH_3: () => startOpenSearch({ version: '3' }).then((service) => ({ service, address: service.url })),
    SLUICE_TEST_OPENSEARCH_2: () => startOpenSearch({ version: '2' }).then((service) => ({ service, address: service.url })),
    SLUICE_TEST_REDIS: () => startRedis().then((service) => ({ service, address: `${service.host}:${service.port}` })),
  };
  const missing = Object.entries(starters).filter(([variable]) => environmentVariable(variable) === undefined);
  const results = await Promise.allSettled(missing.map(async ([variable, start]) => ({ variable, ...(await start()) })));
  const services = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(services.map(({ service }) => service.stop()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason as Error;
  }
  return { environment: Object.fromEntries(services.map(({ variable, address }) => [variable, address])), stop };
}
