/**
 * The little that differs between the two clients that can publish.
 */
import type { KafkaConfig } from '@sluice/config';
import type { Clock, Logger } from '@sluice/ports';
import type { TrackedSockets } from './tracked-sockets.ts';

/** A record as it goes out. */
export interface EncodedOutput {
  readonly key: string | null;
  readonly value: Buffer;
}

export interface Destination {
  readonly topic: string;
  /** Any number from 0: the partition is this modulo the number of partitions. */
  readonly partition: number;
}

export interface PublishDriver {
  /**
   * One produce request of one compressed batch, in order, to one partition. Resolves when all in-sync replicas have it;
   * rejects with whatever the client throws, after few retries or none. Connects when it must. Calls may overlap.
   */
  send(destination: Destination, records: readonly EncodedOutput[], timestampMs: number): Promise<void>;
  /** Asks the brokers for the topic, now; brokers that create topics by themselves may create it. */
  check(topic: string): Promise<void>;
  close(): Promise<void>;
}

export interface DriverDeps {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly sockets: TrackedSockets;
}

export type CreateDriver = (config: KafkaConfig, deps: DriverDeps) => PublishDriver;
