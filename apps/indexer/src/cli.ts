/**
 * The command line of the indexer service: consume until SIGTERM.
 */
import { aborted, failWith, invokeCommand, loadCommandConfig, serviceFlags, sharedHelp } from '@sluice/cli';
import { awaitDependencies, startOperations, version } from '@sluice/pipeline';
import { systemClock } from '@sluice/ports';
import { createLogger } from '@sluice/telemetry';

import { composeIndexer } from './compose.ts';

import type { Command, Invocation, Terminal } from '@sluice/cli';

const help = `indexer: records of a Kafka topic become enriched, threat-checked documents in OpenSearch

Usage
  indexer                     consume until SIGTERM, serve health and metrics

Any number of indexers with one kafka.group_id share the partitions of the topic.

Options
${sharedHelp}
      --version        print the version

Exit codes: 0 stopped, 1 failed, 2 usage or configuration error.
`;

const indexerCommand: Command = {
  name: 'indexer',
  summary: 'index what is published',
  help,
  options: { version: { type: 'boolean' } },
  allowPositionals: false,
  async run(invocation) {
    if (invocation.options['version'] !== true) return consume(invocation);
    invocation.terminal.stdout.write(`indexer ${version}\n`);
    return 0;
  },
};

/** Runs one command line. Shape: arguments without node and script -> exit code. Errors: none; failures are written to stderr. */
export async function runCli(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  try {
    return await invokeCommand('indexer', indexerCommand, args, terminal, signal);
  } catch (error) {
    return failWith(error, terminal);
  }
}

async function consume(invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const { config } = loadCommandConfig(invocation, serviceFlags);
  const logger = createLogger({ level: config.logging.level, stream: terminal.stderr, pretty: false });
  const deps = { logger, clock: systemClock };
  await using opened = new AsyncDisposableStack();
  const service = await composeIndexer(config, deps);
  opened.defer(() => service.close());
  const operations = await startOperations(config, service, deps);
  opened.defer(() => operations.stop());
  await awaitDependencies(service.dependencies, { deadlineSeconds: config.startup.deadline_seconds, signal }, logger);
  if (signal.aborted) return 0;
  logger.info('Consuming.', { topic: config.kafka.topic, group: config.kafka.group_id, index: config.elasticsearch.index });
  await Promise.race([aborted(signal), service.run()]);
  logger.info('Stopping.');
  return 0;
}
