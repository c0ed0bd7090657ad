/**
 * The caller's end of the store's thread: starts it, numbers requests, and starts a new one when it has ended, because a
 * database that DuckDB has declared invalid can only be opened anew.
 */
import { Worker } from 'node:worker_threads';

import { SluiceError, messageOf } from '@sluice/errors';

import type { NumberedRequest, OpenConfig, StoreAnswers, StoreRequest, WireError, WorkerMessage } from './store-protocol.ts';
import type { Logger } from '@sluice/ports';

/**
 * Bound of the thread's JavaScript heap, MB: batches under way and one chunk of each query's rows. A query whose rows do
 * not fit ends the thread, not the process.
 */
const heapLimitMb = 512;

export interface WorkerClient {
  /** Errors: whatever the request's work throws; STORE_UNAVAILABLE when the thread ends before it has answered. */
  call<Kind extends StoreRequest['kind']>(request: Extract<StoreRequest, { kind: Kind }>): Promise<StoreAnswers[Kind]>;
  /** Starts the thread and opens the file, if that is not done yet. Errors: those of opening. */
  open(): Promise<void>;
  /** Resolves when the thread is gone. */
  ended(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SluiceError) => void;
}

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  readonly opened: Promise<void>;
  readonly exited: Promise<void>;
  /** The thread has said that it ends. */
  isOver: boolean;
}

/** Creates the client; no thread is started before it is needed. */
export function createWorkerClient(config: OpenConfig, workerFile: URL, logger: Logger): WorkerClient {
  let running: Running | null = null;
  let lastId = 0;

  const start = (): Running => {
    const worker = new Worker(workerFile, {
      workerData: config,
      name: 'sluice-store',
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb, maxYoungGenerationSizeMb: 6 },
    });
    const waiting = new Map<number, Waiting>();
    const opening = Promise.withResolvers<undefined>();
    const exiting = Promise.withResolvers<undefined>();
    const started: Running = { worker, waiting, opened: opening.promise, exited: exiting.promise, isOver: false };
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'opened') opening.resolve(undefined);
      else if (message.kind === 'open_failed') opening.reject(fromWire(message.error));
      else settle(started, message);
    });
    worker.on('error', (error) => logger.error('the store thread failed', { error: messageOf(error) }));
    worker.on('exit', () => {
      const error = new SluiceError('STORE_UNAVAILABLE', 'The store thread ended; the database is opened again by the next call');
      opening.reject(error);
      for (const { reject } of waiting.values()) reject(error);
      if (running === started) running = null;
      exiting.resolve(undefined);
    });
    return started;
  };
  const settle = (from: Running, message: Extract<WorkerMessage, { kind: 'answer' | 'failure' }>): void => {
    const waiting = from.waiting.get(message.id);
    from.waiting.delete(message.id);
    if (message.kind === 'answer') {
      waiting?.resolve(message.value);
      return;
    }
    if (message.isOver) {
      from.isOver = true;
      logger.error('the database became invalid and is opened again', { error: message.error.message });
    }
    waiting?.reject(fromWire(message.error));
  };
  const current = async (): Promise<Running> => {
    if (running?.isOver === true) await running.exited;
    running ??= start();
    const chosen = running;
    await chosen.opened;
    return chosen;
  };

  return {
    open: async () => {
      await current();
    },
    ended: async () => {
      await running?.exited;
    },
    call: async (request) => {
      const target = await current();
      lastId += 1;
      const numbered: NumberedRequest = { id: lastId, request };
      return new Promise((resolve, reject) => {
        target.waiting.set(numbered.id, { resolve: resolve as (value: unknown) => void, reject });
        target.worker.postMessage(numbered);
      });
    },
  };
}

function fromWire({ code, message, hint, data }: WireError): SluiceError {
  return new SluiceError(code, message, hint === undefined ? { data } : { hint, data });
}
