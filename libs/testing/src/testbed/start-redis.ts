/**
 * A real Redis for tests, with its data on disk, so that it survives a kill.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { loadArtifacts } from './artifacts.ts';
import { createCertificates } from './certificates.ts';
import { startOnFreePorts } from './free-ports.ts';
import { createServiceFolder, startGuarded } from './guarded-service.ts';

import type { GuardedService } from './guarded-service.ts';

export interface RedisOptions {
  readonly port?: number;
  readonly password?: string;
  /** TLS only, with a certificate for localhost and 127.0.0.1. */
  readonly tls?: boolean;
  /** More settings, such as `maxmemory: '2mb'`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

export interface RedisService extends RedisAddress, GuardedService {
  /** PEM of the authority that signed its certificate, with `tls`. */
  readonly ca: string | undefined;
}

/** Starts a Redis of its own; end it with `stop()`. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisService> {
  const command = await findRedisServer();
  return startOnFreePorts([options.port], async ([port = 0]) => {
    const folder = await createServiceFolder('redis');
    const certificates = options.tls === true ? await createCertificates(folder) : undefined;
    const settings: Record<string, string> = {
      bind: '127.0.0.1',
      dir: folder,
      appendonly: 'yes',
      appendfsync: 'always',
      save: '""',
      ...(options.password === undefined ? {} : { requirepass: JSON.stringify(options.password) }),
      ...(certificates === undefined
        ? { port: String(port) }
        : {
            port: '0',
            'tls-port': String(port),
            'tls-cert-file': certificates.certificatePath,
            'tls-key-file': certificates.keyPath,
            'tls-ca-cert-file': certificates.caPath,
            'tls-auth-clients': 'no',
          }),
      ...options.settings,
    };
    const settingsPath = join(folder, 'redis.conf');
    await writeFile(
      settingsPath,
      Object.entries(settings)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    );
    const isReady = (log: string): boolean => log.includes('Ready to accept connections');
    const service = await startGuarded({ name: 'redis', command, args: [settingsPath], folder, isReady });
    return Object.assign(service, { host: '127.0.0.1', port, ca: certificates?.ca });
  });
}

async function findRedisServer(): Promise<string> {
  const folder = await loadArtifacts('redis');
  const { platform, arch } = process;
  const ending = `-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  const file = (await readdir(folder)).find((name) => name.startsWith('redis-server-') && name.endsWith(ending));
  if (file === undefined)
    throw new Error(`The artifact has no redis-server for ${platform} ${arch}; give the address of a Redis as SLUICE_TEST_REDIS`);
  return join(folder, file);
}
