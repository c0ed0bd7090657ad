/**
 * Services as ordinary Maven artifacts, fetched once into a cache folder by `mvn` and the registry it is set up for.
 *
 * Invariant: a folder of the cache is complete, because it is renamed into place; the lock only spares two processes the
 * same download, and two Mavens in one local repository.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { waitFor } from '../wait-for.ts';
import { environmentVariable } from './environment-variable.ts';
import { findJava } from './find-java.ts';

const run = promisify(execFile);
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const downloadDeadlineMs = 600_000;

export type ArtifactName = 'kafka' | 'opensearch-3' | 'opensearch-2' | 'redis';

/** Where downloads and the logs of services that failed are kept: `SLUICE_TESTBED_CACHE`, or a folder in `node_modules`. */
export function testbedCache(): string {
  return environmentVariable('SLUICE_TESTBED_CACHE') ?? fileURLToPath(new URL('../../../../node_modules/.cache/sluice-testbed', import.meta.url));
}

/**
 * The folder with a service's files: its jars, or for Redis the unpacked binaries.
 *
 * Errors: throws what to install without Java or Maven, or what Maven said.
 * Cost: one download per version and machine, about 5 s; afterwards one look at the disk.
 */
export async function loadArtifacts(name: ArtifactName): Promise<string> {
  const pom = new URL(`${name}.pom.xml`, import.meta.url);
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  const folder = join(testbedCache(), `${name}-${version}`);
  if (await exists(folder)) return folder;
  await findJava(8);
  await mkdir(testbedCache(), { recursive: true });
  await withLock(join(testbedCache(), `${name}.lock`), async () => {
    if (await exists(folder)) return;
    const work = await mkdtemp(`${folder}.`);
    try {
      // A copy, because Maven keeps notes beside a POM of what it has unpacked.
      await copyFile(pom, join(work, 'pom.xml'));
      await runMaven(work, name === 'redis' ? 'unpack-dependencies' : 'copy-dependencies');
      await rename(join(work, 'files'), folder).catch(async (error: unknown) => {
        if (!(await exists(folder))) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return folder;
}

async function runMaven(work: string, goal: string): Promise<void> {
  try {
    await run('mvn', ['-q', '-B', `${plugin}:${goal}`, '-DoutputDirectory=files'], { cwd: work, timeout: downloadDeadlineMs });
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error('Maven fetches the services of the tests, and there is no mvn. On Debian or Ubuntu: apt-get install maven.', { cause: error });
    }
    throw new Error(`Maven could not fetch the artifacts of a service:\n${stdout}${stderr}`, { cause: error });
  }
}

/** A folder as a lock; one whose process is gone, or that is older than a download may take, is nobody's. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  await waitFor(() => tryLock(lock), 2 * downloadDeadlineMs, `the lock ${lock}`);
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const { mtimeMs } = await stat(lock);
  const pid = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => '0'));
  const isOld = Date.now() - mtimeMs > downloadDeadlineMs;
  if (isOld || (pid > 0 && !isAlive(pid))) await rm(lock, { recursive: true, force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
