/**
 * How to reach the brokers and prove who we are, in the terms of either client.
 */
import { isIP } from 'node:net';

import type { KafkaConfig } from '@sluice/config';
import type { SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';

/** Longest wait for a connection, with TLS and authentication. */
export const connectTimeoutMs = 10_000;
/** A request without an answer after this has failed. */
export const requestTimeoutMs = 30_000;
/** How long brokers may wait for their replicas: they should give up, and say so, before we do. */
export const acknowledgeTimeoutMs = 25_000;

/** The topic of letters that belongs to a topic of events. */
export function deadLetterTopic(config: Pick<KafkaConfig, 'topic'>): string {
  return `${config.topic}.dlq`;
}

/** What TLS is told; undefined without TLS. */
export function tlsOptions(config: KafkaConfig): ConnectionOptions | undefined {
  if (!config.tls) return undefined;
  return {
    rejectUnauthorized: config.tls_verify,
    ...(config.tls_ca === undefined ? {} : { ca: [config.tls_ca] }),
    ...(config.tls_cert === undefined ? {} : { cert: config.tls_cert }),
    ...(config.tls_key === undefined ? {} : { key: config.tls_key }),
  };
}

/** What kafkajs is told about SASL; undefined without it. */
export function kafkaJsSasl(config: KafkaConfig): SASLOptions | undefined {
  const { sasl_mechanism: mechanism, sasl_username: username = '', sasl_password: password = '' } = config;
  return mechanism === 'none' ? undefined : { mechanism, username, password };
}

const platformaticMechanisms = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;

/** What platformatic is told about SASL; undefined without it. */
export function platformaticSasl(config: KafkaConfig) {
  const { sasl_mechanism: mechanism, sasl_username: username = '', sasl_password: password = '' } = config;
  return mechanism === 'none' ? undefined : { mechanism: platformaticMechanisms[mechanism], username, password };
}

/** True when brokers are known by name, so that TLS can tell the server which one is meant. */
export function hasHostNames(config: KafkaConfig): boolean {
  return config.bootstrap_servers.every((server) => isIP(server.slice(0, server.lastIndexOf(':')).replace(/^\[|\]$/g, '')) === 0);
}
