/**
 * `sluice --file` and `sluice --daemon`: logs become stored events, once or for as long as they grow.
 */
import { existsSync } from 'node:fs';

import {
  aborted,
  createProgress,
  defaultConfigPath,
  filesOf,
  formatFlag,
  loadCommandConfig,
  sharedHelp,
  sourceOptions,
  textOption,
} from '@sluice/cli';
import { writeDefaultConfig } from '@sluice/config';
import { messageOf } from '@sluice/errors';
import { LogPipeline, openStoredEvents } from '@sluice/pipeline';
import { createLogger } from '@sluice/telemetry';

import { printRun } from '../print-run.ts';

import type { Command, Invocation } from '@sluice/cli';

const help = `sluice: Apache access logs become searchable, enriched, threat-checked events

Usage
  sluice --file FILE ...      read files to their end, store every line once, print a report
  sluice --daemon             follow source.paths, serve health and metrics
  sluice COMMAND ...          ask what is stored, see below

Options
      --file FILE      a file, glob or folder; .gz and .zst too; - is standard input; may be repeated
      --format FORMAT  auto (default), common, combined, vhost_combined ... or a LogFormat string; may be repeated
      --force          store even when most lines do not fit the format
      --json           print the run and its report as one JSON object
      --daemon         run until SIGTERM
${sharedHelp}
`;

export const runCommand: Command = {
  name: 'run',
  summary: 'read or follow logs',
  help,
  options: sourceOptions,
  allowPositionals: true,
  async run(invocation) {
    const files = filesOf(invocation);
    writeConfigOnFirstRun(invocation);
    return files.length > 0 ? readOnce(invocation, files) : follow(invocation);
  },
};

/** The first run leaves a commented configuration behind, so that there is something to edit. */
function writeConfigOnFirstRun({ options, terminal }: Invocation): void {
  if (textOption(options, 'config') !== undefined || existsSync(defaultConfigPath)) return;
  try {
    writeDefaultConfig(defaultConfigPath);
    terminal.stderr.write(`Wrote ${defaultConfigPath} with all settings and their defaults.\n`);
  } catch (error) {
    terminal.stderr.write(`No ${defaultConfigPath} could be written (${messageOf(error)}); the defaults hold.\n`);
  }
}

async function readOnce(invocation: Invocation, files: readonly string[]): Promise<number> {
  const { options, terminal, signal } = invocation;
  const { config, notices } = loadCommandConfig(invocation, formatFlag(invocation));
  for (const notice of notices) terminal.stderr.write(`${notice}\n`);
  // The result says what happened; the log is for what went wrong on the way.
  const level = config.logging.level === 'info' ? 'warn' : config.logging.level;
  const logger = createLogger({ level, stream: terminal.stderr, pretty: true });
  const pipeline = new LogPipeline(config, { logger, stdin: terminal.stdin });
  const progress = createProgress(terminal.stderr);
  // A pipe that says nothing must not hold up a stop.
  if (files.includes('-')) signal.addEventListener('abort', () => terminal.stdin.destroy(), { once: true });
  try {
    const summary = await pipeline.processLogFile(files, { force: options['force'] === true, signal, onProgress: (now) => progress.update(now) });
    progress.end();
    // The report may take more memory than storing: it opens the file for itself, when everything else has let go.
    await pipeline.stop();
    const stored = await openStoredEvents(config);
    try {
      await printRun(summary, stored, { json: options['json'] === true, terminal });
    } finally {
      await stored.close();
    }
    if (signal.aborted) terminal.stderr.write('Interrupted: what was read so far is stored; run it again for the rest, nothing is stored twice.\n');
    return summary.errors.length > 0 || signal.aborted ? 1 : 0;
  } finally {
    progress.end();
    await pipeline.stop();
  }
}

async function follow(invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const { config, notices } = loadCommandConfig(invocation, formatFlag(invocation));
  const logger = createLogger({ level: config.logging.level, stream: terminal.stderr, pretty: false });
  const pipeline = new LogPipeline(config, { logger });
  for (const notice of notices) logger.info(notice);
  try {
    await pipeline.start(signal);
    logger.info('Following.', { paths: config.source.paths });
    const failure = await Promise.race([aborted(signal), pipeline.failure()]);
    if (failure !== null) throw failure;
    logger.info('Stopping.');
    return 0;
  } finally {
    await pipeline.stop();
    logger.info('Stopped.');
  }
}
