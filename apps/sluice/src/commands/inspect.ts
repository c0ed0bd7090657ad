/**
 * `sluice inspect`: lines on standard input, one JSON answer for each on standard output.
 */
import { loadCommandConfig, sharedHelp, textOptions, writeJson } from '@sluice/cli';
import { createLogger } from '@sluice/telemetry';
import { openInspection } from '@sluice/pipeline';
import { systemClock } from '@sluice/ports';

import type { Command } from '@sluice/cli';
import type { Readable } from 'node:stream';

const help = `sluice inspect: show what log lines become

Usage
  sluice inspect < access.log
  tail -f access.log | sluice inspect | jq .

Reads lines from standard input and prints one JSON object for each, in the same order. A line that is no event gives
{"error": ..., "column": ...}. It never stops early, stores nothing and needs no service.

Options
      --format FORMAT  auto (default), a nickname or a LogFormat string; may be repeated
${sharedHelp}
`;

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'show what log lines from standard input become',
  help,
  options: { format: { type: 'string', multiple: true } },
  allowPositionals: false,
  async run(invocation) {
    const { options, terminal, signal } = invocation;
    const formats = textOptions(options, 'format');
    const { config } = loadCommandConfig(invocation, formats.length === 0 ? {} : { 'source.format': formats });
    const logger = createLogger({ level: 'warn', stream: terminal.stderr, pretty: terminal.stderr.isTTY === true });
    const inspection = await openInspection(config, { logger, clock: systemClock });
    try {
      for await (const chunk of chunksUntil(signal, terminal.stdin)) {
        const answers = inspection.push(chunk);
        if (answers !== '') await writeJson(terminal.stdout, answers);
        if (signal.aborted) break;
      }
      await writeJson(terminal.stdout, inspection.finish());
    } finally {
      inspection.close();
    }
    return 0;
  },
};

/** The stream's chunks until the signal aborts, also while none comes. */
async function* chunksUntil(signal: AbortSignal, stream: Readable): AsyncIterable<Buffer> {
  if (signal.aborted) return;
  let stopped = false as boolean;
  const stop = (): void => {
    stopped = true;
    stream.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    // What a stream that is ended early throws is no failure here.
    if (!stopped) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
