/**
 * The kafkajs client as this project wants it: our codecs, log, sockets and timeouts.
 */
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { Kafka } from 'kafkajs';

import { registerCompressionCodecs } from './compression-codecs.ts';
import { connectTimeoutMs, kafkaJsSasl, requestTimeoutMs, tlsOptions } from './kafka-settings.ts';
import { createKafkaJsLog } from './kafkajs-logging.ts';
import { quietRequestQueues } from './quiet-request-queue.ts';

import type { KafkaConfig } from '@sluice/config';
import type { Clock, Logger } from '@sluice/ports';
import type { ISocketFactory } from 'kafkajs';
import type { TrackedSockets } from './tracked-sockets.ts';

const keepAliveMs = 60_000;

export interface KafkaJsDeps {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly sockets: TrackedSockets;
}

/** Retries of one call inside kafkajs: few and short, since our own loops repeat it for as long as it takes. */
export const kafkaJsRetry = { retries: 2, initialRetryTime: 150, maxRetryTime: 1000 } as const;

/** Builds a client; nothing is connected yet. */
export function createKafkaJs(config: KafkaConfig, { logger, clock, sockets }: KafkaJsDeps): Kafka {
  registerCompressionCodecs();
  quietRequestQueues();
  const ssl = tlsOptions(config);
  const sasl = kafkaJsSasl(config);
  return new Kafka({
    brokers: config.bootstrap_servers,
    clientId: config.client_id,
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: kafkaJsRetry,
    logCreator: createKafkaJsLog(logger, clock),
    socketFactory: trackedSocketFactory(sockets),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  });
}

function trackedSocketFactory(sockets: TrackedSockets): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    if (sockets.isClosed) throw new Error('The client was closed.');
    // kafkajs passes no options, not even `{}`, without TLS; its types know of no such case.
    const options = ssl as typeof ssl | null | undefined;
    const socket =
      options === null || options === undefined
        ? connectPlain({ host, port, noDelay: true }, onConnect)
        : connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...options }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    socket.once('connect', () => sockets.add(socket));
    return socket;
  };
}
