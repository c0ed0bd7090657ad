/**
 * Reads on in one followed file, and ends it when it will not grow any more.
 */
import { SluiceError } from '@sluice/errors';

import { canGrowFingerprint, fingerprintOf } from './file-head.ts';
import { inodeKey } from './followed-file.ts';
import { readHead } from './open-file.ts';

import type { Identifier } from './follow-identify.ts';
import type { FileContent, FollowedFile, FollowState } from './followed-file.ts';
import type { LineIntake } from './line-intake.ts';
import type { Clock, IngestionTelemetry, Logger } from '@sluice/ports';

export interface PassConfig {
  /** How long a rotated file is waited on for late lines after its last change. */
  readonly rotationGraceMs: number;
  /** Bytes read of one file before others have a turn. */
  readonly budgetBytes: number;
}

export interface PassDeps {
  readonly state: FollowState;
  readonly identifier: Identifier;
  readonly intake: LineIntake;
  readonly telemetry: Pick<IngestionTelemetry, 'rotationSeen'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onFinished: () => void;
  /** Null: the trouble is over. */
  readonly onError: (source: string, error: SluiceError | null) => void;
}

/** `more`: there is more to read at once. */
export type PassResult = 'more' | 'idle';

export interface FollowPass {
  /** Reads what is new, up to the budget. Rejects only when publishing failed. */
  readOn(file: FollowedFile, signal: AbortSignal): Promise<PassResult>;
  /** Closes a file that is done with; takes its unfinished last line first when nobody will finish it. */
  endWhenDone(file: FollowedFile): Promise<void>;
  /** Stops following without a verdict: it is recognised again when it changes. */
  close(file: FollowedFile): Promise<void>;
}

/** Builds the pass. */
export function createFollowPass(config: PassConfig, deps: PassDeps): FollowPass {
  const { state, clock, logger } = deps;
  const { registry } = state;

  async function readOn(file: FollowedFile, signal: AbortSignal): Promise<PassResult> {
    const stats = await file.handle.stat();
    const changed = stats.size !== file.sizeBytes || stats.mtimeMs !== file.modifiedAtMs;
    if (!changed && file.atEnd) return 'idle';
    // Not at the first look: then the time of its last change is known better.
    if (changed && file.sizeBytes >= 0) file.changedAtMs = clock.now();
    file.sizeBytes = stats.size;
    file.modifiedAtMs = stats.mtimeMs;
    file.atEnd = false;
    if (file.content === null && !(await isIdentified(file, false, false))) return 'idle';
    return file.content === null ? 'idle' : readContent(file, file.content, signal);
  }

  async function isIdentified(file: FollowedFile, ended: boolean, asNew: boolean): Promise<boolean> {
    const identified = await deps.identifier.identify(file, ended, asNew);
    if (identified === 'close') await close(file);
    file.atEnd = identified === 'wait';
    return identified === 'read';
  }

  async function readContent(file: FollowedFile, content: FileContent, signal: AbortSignal): Promise<PassResult> {
    for (let left = config.budgetBytes; left > 0;) {
      const result = await content.reader.read();
      if (result.kind === 'bytes') {
        content.splitter.push(result.chunk);
        left -= result.chunk.length;
        if (!(await deps.intake.takeLines(content.intake, content.splitter, signal))) return 'idle';
      } else if (result.kind === 'idle') {
        file.atEnd = true;
        await growFingerprint(file);
        return 'idle';
      } else if (result.kind === 'changed') {
        return onChanged(file, content);
      } else {
        await onEnded(file, content, result);
        return 'idle';
      }
    }
    return 'more';
  }

  /** The file holds something else than what was read of it: what it holds now is a new generation. */
  async function onChanged(file: FollowedFile, content: FileContent): Promise<PassResult> {
    if (file.generation !== null) registry.detach(file.generation);
    await content.reader.close();
    file.generation = null;
    file.content = null;
    if (content.compressed) return (await isIdentified(file, false, true)) ? 'more' : 'idle';
    deps.telemetry.rotationSeen('truncated');
    logger.info('A followed file was truncated; it is read from its beginning.', { file: file.found.path });
    // The copy that was made of it can be recognised now, and holds what was not read in time.
    state.scanDue = true;
    return 'more';
  }

  async function onEnded(file: FollowedFile, content: FileContent, { end, message }: { end: string; message: string }): Promise<void> {
    if (end === 'complete') await deps.intake.takeLastLine(content.intake, content.splitter);
    if (end === 'corrupt') {
      const text = `${file.found.path} is damaged: ${message}. What could be read was kept.`;
      logger.warn(text, { file: file.found.path });
      deps.onError(file.found.source, new SluiceError('SOURCE_CORRUPT', text));
    }
    await (end === 'truncated' ? setAside(file, 'unfinished') : finish(file));
  }

  /** Leaves the file alone until it changes. */
  async function setAside(file: FollowedFile, reason: 'unfinished' | 'shorter'): Promise<void> {
    const { device, inode, generation, sizeBytes, modifiedAtMs } = file;
    state.aside.set(inodeKey(device, inode), { reason, generation, sizeBytes, modifiedAtMs, sinceMs: clock.now(), warned: false });
    await close(file);
  }

  async function endWhenDone(file: FollowedFile): Promise<void> {
    const mayEnd = file.gone !== null || file.found.rotated;
    if (!mayEnd || !file.atEnd || clock.now() - file.changedAtMs < config.rotationGraceMs) return;
    if (file.content === null) {
      // Only an unfinished line, or nothing at all.
      if (file.sizeBytes === 0) await setAside(file, 'shorter');
      // To be read once more, then it ends.
      else if (await isIdentified(file, true, false)) file.sizeBytes = -1;
      return;
    }
    await deps.intake.takeLastLine(file.content.intake, file.content.splitter);
    await finish(file);
  }

  async function finish(file: FollowedFile): Promise<void> {
    if (file.generation !== null) {
      file.generation.finished = { sizeBytes: file.sizeBytes, modifiedAtMs: file.modifiedAtMs };
      if (file.gone === 'deleted') registry.detach(file.generation);
      deps.onFinished();
    }
    await close(file);
  }

  async function close(file: FollowedFile): Promise<void> {
    state.active.delete(inodeKey(file.device, file.inode));
    await file.content?.reader.close();
    await file.handle.close();
  }

  /** A file that was short when it was first seen is recognised by more once there is more. */
  async function growFingerprint(file: FollowedFile): Promise<void> {
    const { generation, content } = file;
    if (generation === null || content?.compressed !== false) return;
    if (!canGrowFingerprint(generation.head, generation.tracker.taken.offset)) return;
    const head = await readHead(file.handle);
    if (head.bytes.length >= generation.head.bytes) generation.head = fingerprintOf(head.bytes);
  }

  return { readOn, endWhenDone, close };
}
