/**
 * The command line of the ingest service: read files to their end, or follow `source.paths`.
 */
import {
  aborted,
  createProgress,
  failWith,
  filesOf,
  formatFlag,
  invokeCommand,
  loadCommandConfig,
  serviceFlags,
  sharedHelp,
  sourceOptions,
} from '@sluice/cli';
import { SluiceError } from '@sluice/errors';
import { awaitDependencies, startOperations, version, withinDeadline } from '@sluice/pipeline';
import { systemClock } from '@sluice/ports';
import { createLogger } from '@sluice/telemetry';

import { composeIngest } from './compose.ts';
import { printIngested } from './print-ingested.ts';

import type { Command, Invocation, Terminal } from '@sluice/cli';

const help = `ingest: Apache access logs become records of a Kafka topic

Usage
  ingest                      follow source.paths, serve health and metrics
  ingest --file FILE ...      read files to their end, publish every line, exit

Options
      --file FILE      a file, glob or folder; .gz and .zst too; - is standard input; may be repeated
      --format FORMAT  auto (default), common, combined, vhost_combined ... or a LogFormat string; may be repeated
      --force          publish even when most lines do not fit the format
      --json           print the run as one JSON object
      --daemon         follow source.paths until SIGTERM (the default)
${sharedHelp}
      --version        print the version

Exit codes: 0 done, 1 failed, 2 usage or configuration error.
`;

const ingestCommand: Command = {
  name: 'ingest',
  summary: 'publish access logs',
  help,
  options: { ...sourceOptions, version: { type: 'boolean' } },
  allowPositionals: true,
  async run(invocation) {
    if (invocation.options['version'] === true) {
      invocation.terminal.stdout.write(`ingest ${version}\n`);
      return 0;
    }
    const files = filesOf(invocation);
    return files.length > 0 ? readOnce(invocation, files) : follow(invocation);
  },
};

/** Runs one command line. Shape: arguments without node and script -> exit code. Errors: none; failures are written to stderr. */
export async function runCli(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  try {
    return await invokeCommand('ingest', ingestCommand, args, terminal, signal);
  } catch (error) {
    return failWith(error, terminal);
  }
}

async function readOnce(invocation: Invocation, files: readonly string[]): Promise<number> {
  const { options, terminal, signal } = invocation;
  const { config } = loadCommandConfig(invocation, { ...serviceFlags, ...formatFlag(invocation) });
  const level = config.logging.level === 'info' ? 'warn' : config.logging.level;
  const logger = createLogger({ level, stream: terminal.stderr, pretty: true });
  const service = await composeIngest(config, { logger, clock: systemClock, stdin: terminal.stdin });
  const progress = createProgress(terminal.stderr);
  // A pipe that says nothing must not hold up a stop.
  if (files.includes('-')) signal.addEventListener('abort', () => terminal.stdin.destroy(), { once: true });
  try {
    await awaitDependencies(service.dependencies, { deadlineSeconds: config.startup.deadline_seconds, signal }, logger);
    const reading = service.ingestion.readFiles(files, { force: options['force'] === true, signal, onProgress: (now) => progress.update(now) });
    const summary = await withinDeadline(reading, config.shutdown.deadline_seconds, signal);
    progress.end();
    await printIngested(summary, { json: options['json'] === true, topic: config.kafka.topic, terminal });
    return summary.errors.length > 0 || signal.aborted ? 1 : 0;
  } finally {
    progress.end();
    await service.close();
  }
}

async function follow(invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const { config } = loadCommandConfig(invocation, { ...serviceFlags, ...formatFlag(invocation) });
  if (config.source.paths.length === 0) {
    throw new SluiceError('CONFIG_INVALID', 'source.paths is empty: there is nothing to follow.', {
      hint: 'Name files, globs or folders, for example: source: { paths: [/var/log/apache2] }; or give --file.',
    });
  }
  const logger = createLogger({ level: config.logging.level, stream: terminal.stderr, pretty: false });
  const deps = { logger, clock: systemClock, stdin: terminal.stdin };
  await using opened = new AsyncDisposableStack();
  const service = await composeIngest(config, deps);
  opened.defer(() => service.close());
  const operations = await startOperations(config, service, deps);
  opened.defer(() => operations.stop());
  await awaitDependencies(service.dependencies, { deadlineSeconds: config.startup.deadline_seconds, signal }, logger);
  if (signal.aborted) return 0;
  await service.ingestion.start();
  logger.info('Following.', { paths: config.source.paths, topic: config.kafka.topic });
  await Promise.race([aborted(signal), service.ingestion.ended]);
  logger.info('Stopping.');
  return 0;
}
