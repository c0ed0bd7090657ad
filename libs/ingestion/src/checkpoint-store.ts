/**
 * The checkpoint on disk: `<state>/checkpoint.json`, one entry for every file generation that ingest has seen.
 *
 * Invariant: the file is replaced as a whole (temporary file, fsync, rename, fsync of the folder), so a crash leaves the
 * old or the new one. It is written after the publisher acknowledged, never before. Losing it costs time, not data: lines
 * are read again and the store recognises their ids.
 */
import { SluiceError, messageOf } from '@sluice/errors';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { emptyCheckpoint, parseCheckpoint } from './checkpoint.ts';

import type { Checkpoint } from './checkpoint.ts';
import type { Logger } from '@sluice/ports';

export interface CheckpointStore {
  /** The last saved checkpoint; an empty one when there is none. A damaged one is set aside with a warning. */
  load(): Promise<Checkpoint>;
  /** Replaces the checkpoint. Throws SluiceError STATE_UNWRITABLE. One call at a time. */
  save(checkpoint: Checkpoint): Promise<void>;
}

const fileName = 'checkpoint.json';
const ownerOnly = 0o600;

/** Builds the store for a state folder; `readOnly` leaves a damaged file where it is. */
export function createCheckpointStore(directory: string, deps: { logger: Logger; readOnly?: boolean }): CheckpointStore {
  const path = join(directory, fileName);

  async function setAside(reason: string): Promise<void> {
    const aside = `${path}.damaged`;
    deps.logger.warn('The checkpoint is damaged; files are read again from their beginning, nothing is stored twice.', { path, reason, aside });
    if (deps.readOnly !== true) await rename(path, aside).catch(() => undefined);
  }

  return {
    load: async () => {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return emptyCheckpoint;
        await setAside(messageOf(error));
        return emptyCheckpoint;
      }
      const parsed = parseCheckpoint(text);
      if ('problem' in parsed) {
        await setAside(parsed.problem);
        return emptyCheckpoint;
      }
      return parsed.checkpoint;
    },
    save: async (checkpoint) => {
      try {
        await mkdir(directory, { recursive: true });
        await replaceFile(directory, path, JSON.stringify(checkpoint));
      } catch (error) {
        throw new SluiceError('STATE_UNWRITABLE', `The checkpoint ${path} could not be written: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

async function replaceFile(directory: string, path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', ownerOnly);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  // Makes the rename itself survive a power cut.
  const folder = await open(directory, constants.O_RDONLY);
  await folder.sync().finally(() => folder.close());
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
