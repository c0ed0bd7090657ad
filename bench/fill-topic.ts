/**
 * Publishes a log file by the real `ingest --file`, under measurement.
 */
import { bundle } from './bundles.ts';
import { measureProcess } from './measure-process.ts';
import { watchTopic } from './watched-topic.ts';

import type { MeasuredProcess } from './measure-process.ts';

export interface TopicToFill {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly configFile: string;
  /** Working folder. */
  readonly folder: string;
}

/** Runs it. Errors: throws when it does not say, or the offsets do not, that each of `lines` lines is in the topic. */
export async function fillTopic(to: TopicToFill, file: string, lines: number): Promise<MeasuredProcess> {
  const measured = await measureProcess({ args: [...bundle('ingest'), '--file', file, '--json', '--config', to.configFile], folder: to.folder });
  const run = JSON.parse(measured.stdout) as { readonly lines: number; readonly events: number };
  if (run.lines !== lines || run.events !== lines) throw new Error(`of ${lines} lines: ${measured.stdout}`);
  await expectRecords(to, lines);
  return measured;
}

/** Errors: throws when the topic does not hold just so many records. */
export async function expectRecords({ bootstrapServers, topic }: Pick<TopicToFill, 'bootstrapServers' | 'topic'>, count: number): Promise<void> {
  const watched = watchTopic(bootstrapServers, topic);
  try {
    const records = await watched.recordCount();
    if (records !== count) throw new Error(`${count} lines were published, the topic holds ${records} records`);
  } finally {
    await watched.close();
  }
}
