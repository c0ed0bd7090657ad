/**
 * A real OpenSearch for tests: one node, without the security and index state management plugins.
 */
import { basename, join } from 'node:path';

import { loadArtifacts } from './artifacts.ts';
import { findJava } from './find-java.ts';
import { PortTakenError, startOnFreePorts } from './free-ports.ts';
import { createServiceFolder, startGuarded } from './guarded-service.ts';

import type { GuardedService } from './guarded-service.ts';

export type OpenSearchVersion = '3' | '2';

export interface OpenSearchOptions {
  /** Default 3. */
  readonly version?: OpenSearchVersion;
  readonly heapMb?: number;
}

export interface OpenSearchAddress {
  readonly url: string;
  readonly version: OpenSearchVersion;
}

export interface OpenSearchService extends OpenSearchAddress, GuardedService {}

const minimumJava: Record<OpenSearchVersion, number> = { '3': 21, '2': 17 };
/** The runner refuses ports beyond 9299, and takes the next one where the one it is told is in use. */
const runnerPorts = { from: 9201, to: 9299 };

/** Starts an OpenSearch of its own, 5 to 10 s; end it with `stop()`. */
export async function startOpenSearch(options: OpenSearchOptions = {}): Promise<OpenSearchService> {
  const version = options.version ?? '3';
  const java = await findJava(minimumJava[version]);
  const jars = await loadArtifacts(`opensearch-${version}`);
  const heapMb = options.heapMb ?? 512;
  return startOnFreePorts(
    [undefined],
    async ([port = 0]) => {
      const folder = await createServiceFolder('opensearch');
      const url = `http://127.0.0.1:${port}`;
      const service = await startGuarded({
        name: `opensearch-${version}`,
        command: java,
        args: [
          ...[`-Xms${heapMb}m`, `-Xmx${heapMb}m`, '-cp', join(jars, '*'), 'org.codelibs.opensearch.runner.OpenSearchRunner'],
          // A cluster of its own name, so that two nodes on one machine never join. The first node's port is the base port and 1.
          ...['-basePath', join(folder, 'node'), '-numOfNode', '1', '-clusterName', basename(folder), '-baseHttpPort', String(port - 1)],
        ],
        folder,
        isReady: async () => isReadyAt(url, basename(folder)),
      });
      return Object.assign(service, { url, version });
    },
    runnerPorts,
  );
}

/** Whether it is this cluster that answers, and not another on the port it should have had. */
async function isReadyAt(url: string, cluster: string): Promise<boolean> {
  const response = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`, { signal: AbortSignal.timeout(3000) });
  const health = (await response.json()) as { cluster_name?: string; timed_out?: boolean };
  if (health.cluster_name !== cluster) throw new PortTakenError(`another service answers at ${url}`);
  return health.timed_out === false;
}
