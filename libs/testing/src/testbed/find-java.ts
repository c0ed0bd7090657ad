/**
 * Finds a Java runtime that is new enough, by asking each one its version.
 */
import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { environmentVariable } from './environment-variable.ts';

const run = promisify(execFile);

/**
 * The command of a Java runtime of at least this major version: of `JAVA_HOME`, of `PATH`, or under `/usr/lib/jvm`.
 *
 * Errors: throws what to install when there is none.
 */
export async function findJava(minimumMajor: number): Promise<string> {
  const home = environmentVariable('JAVA_HOME');
  const candidates = [...(home === undefined ? [] : [join(home, 'bin/java')]), 'java', ...(await Array.fromAsync(glob('/usr/lib/jvm/*/bin/java')))];
  const seen: string[] = [];
  for (const command of candidates) {
    const major = await majorVersion(command);
    if (major === null) continue;
    if (major >= minimumMajor) return command;
    seen.push(`${command} is ${major}`);
  }
  throw new Error(
    `This test needs Java ${minimumMajor} or newer, and there is none (${seen.length === 0 ? 'no Java at all' : seen.join(', ')}). ` +
      `On Debian or Ubuntu: apt-get install openjdk-${minimumMajor}-jre-headless maven. Elsewhere install a JRE and set JAVA_HOME ` +
      '(Kafka and OpenSearch 2 need Java 17, OpenSearch 3 needs Java 21), ' +
      'or give the address of a running service: SLUICE_TEST_KAFKA, SLUICE_TEST_OPENSEARCH_3, SLUICE_TEST_OPENSEARCH_2, SLUICE_TEST_REDIS.',
  );
}

/** Null for a command that is not there or not Java. */
async function majorVersion(command: string): Promise<number | null> {
  try {
    const { stderr } = await run(command, ['-version']);
    const [, major, minor] = /version "(\d+)\D(\d*)/.exec(stderr) ?? [];
    if (major === undefined) return null;
    return Number(major === '1' ? minor : major);
  } catch {
    return null;
  }
}
