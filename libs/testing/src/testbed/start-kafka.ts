/**
 * A real Kafka for tests: one node that is broker and controller.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { loadArtifacts } from './artifacts.ts';
import { createCertificates } from './certificates.ts';
import { findJava } from './find-java.ts';
import { startOnFreePorts } from './free-ports.ts';
import { createServiceFolder, startGuarded } from './guarded-service.ts';

import type { Certificates } from './certificates.ts';
import type { GuardedService } from './guarded-service.ts';

const run = promisify(execFile);

export interface KafkaOptions {
  /** Of the plain listener. */
  readonly port?: number;
  readonly heapMb?: number;
  /** Broker settings, over those of the testbed. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Adds listeners with SASL, without and with TLS, and a user. */
  readonly security?: boolean;
}

export interface KafkaUser {
  readonly username: string;
  readonly password: string;
}

export interface KafkaService extends GuardedService {
  /** Without credentials or TLS. */
  readonly bootstrapServers: string;
  /** Addresses that demand PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, without and with TLS; with `security` only. */
  readonly sasl: { readonly plaintext: string; readonly tls: string } | undefined;
  /** Known by all mechanisms; empty without `security`. */
  readonly users: readonly KafkaUser[];
  /** PEM of the authority that signed its certificate; with `security` only. */
  readonly ca: string | undefined;
}

const user: KafkaUser = { username: 'sluice', password: 'correct horse battery' };
const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** Starts a Kafka of its own, about 4 s; end it with `stop()`. Topics are made when they are first used, with one partition. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  const java = await findJava(17);
  const classPath = join(await loadArtifacts('kafka'), '*');
  const isSecure = options.security === true;
  const wanted = [options.port, undefined, ...(isSecure ? [undefined, undefined] : [])];
  return startOnFreePorts(wanted, async (ports) => {
    const folder = await createServiceFolder('kafka');
    try {
      const certificates = isSecure ? await createCertificates(folder) : undefined;
      const properties = { ...nodeProperties(folder, ports), ...(certificates === undefined ? {} : securityProperties(ports, certificates)) };
      const propertiesPath = join(folder, 'server.properties');
      await writeFile(propertiesPath, toProperties({ ...properties, ...options.properties }));
      await writeFile(join(folder, 'log4j2.xml'), logging);
      const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((name) => [
        '--add-scram',
        `${name}=[name=${user.username},password=${user.password}]`,
      ]);
      const format = ['format', '-t', clusterId(), '-c', propertiesPath, ...(isSecure ? scram : [])];
      await run(java, ['-Xshare:auto', '-cp', classPath, 'kafka.tools.StorageTool', ...format], { cwd: folder });
      const service = await startGuarded({
        name: 'kafka',
        command: java,
        args: [`-Xmx${options.heapMb ?? 512}m`, '-Dlog4j2.configurationFile=log4j2.xml', '-cp', classPath, 'kafka.Kafka', propertiesPath],
        folder,
        isReady: (log) => log.includes('Kafka Server started'),
      });
      return Object.assign(service, {
        bootstrapServers: address(ports[0]),
        sasl: isSecure ? { plaintext: address(ports[2]), tls: address(ports[3]) } : undefined,
        users: isSecure ? [user] : [],
        ca: certificates?.ca,
      });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
}

const address = (port = 0): string => `127.0.0.1:${port}`;

/** 16 bytes in base64; the first is fixed, because a name that begins with `-` would be taken for an option. */
const clusterId = (): string => Buffer.concat([Buffer.of(1), randomBytes(15)]).toString('base64url');

function nodeProperties(folder: string, [broker, controller]: readonly number[]): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${address(controller)}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `PLAINTEXT://${address(broker)},CONTROLLER://${address(controller)}`,
    'advertised.listeners': `PLAINTEXT://${address(broker)}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A killed broker cannot register again before its last session has run out: 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
  };
}

function securityProperties([broker, controller, sasl, tls]: readonly number[], certificates: Certificates): Record<string, string> {
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const listeners = ['sasl_plaintext', 'sasl_ssl'].flatMap((listener) => [
    [`listener.name.${listener}.sasl.enabled.mechanisms`, mechanisms.join(',')],
    [`listener.name.${listener}.plain.sasl.jaas.config`, `${plain} user_${user.username}="${user.password}";`],
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`, scram],
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, scram],
  ]);
  const secure = `SASL_PLAINTEXT://${address(sasl)},SASL_SSL://${address(tls)}`;
  return {
    listeners: `PLAINTEXT://${address(broker)},CONTROLLER://${address(controller)},${secure}`,
    'advertised.listeners': `PLAINTEXT://${address(broker)},${secure}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    ...(Object.fromEntries(listeners) as Record<string, string>),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': certificates.certificate,
    'ssl.keystore.key': certificates.key,
  };
}

/** Java's format: a line break in a value is written as `\n`. */
function toProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\n', '\\n')}\n`)
    .join('');
}

const logging = `<Configuration status="WARN">
  <Appenders>
    <Console name="console" target="SYSTEM_OUT"><PatternLayout pattern="%d{HH:mm:ss.SSS} %-5p %c{1} %m%n"/></Console>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="console"/></Root></Loggers>
</Configuration>
`;
