/**
 * Saves the checkpoint when something was acknowledged, but not more often than is useful.
 */
import { messageOf } from '@sluice/errors';

import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { Logger } from '@sluice/ports';

export interface CheckpointSaver {
  /** There is something to save; it will be within `intervalMs`. */
  request(): void;
  /** Saves now what is to be saved, after a save under way. Never rejects: a failure is a warning, and tried again. */
  flush(): Promise<void>;
  /** No further saves by itself. */
  stop(): void;
}

const retryMs = 5000;

/** Builds the saver; `take` gives the checkpoint as it is at the moment of writing. */
export function createCheckpointSaver(store: CheckpointStore, take: () => Checkpoint, intervalMs: number, logger: Logger): CheckpointSaver {
  let timer: NodeJS.Timeout | null = null;
  let dirty = false;
  let failing = false;
  let stopped = false;
  let saving: Promise<void> = Promise.resolve();

  function request(): void {
    dirty = true;
    arm(intervalMs);
  }

  function arm(delayMs: number): void {
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = null;
      void flush();
    }, delayMs);
  }

  function flush(): Promise<void> {
    saving = saving.then(save);
    return saving;
  }

  async function save(): Promise<void> {
    if (!dirty) return;
    dirty = false;
    try {
      await store.save(take());
      if (failing) logger.info('The checkpoint is saved again.');
      failing = false;
    } catch (error) {
      if (!failing)
        logger.warn('The checkpoint cannot be saved; reading goes on, after a restart lines are read again.', { reason: messageOf(error) });
      failing = true;
      dirty = true;
      arm(retryMs);
    }
  }

  return {
    request,
    flush,
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
