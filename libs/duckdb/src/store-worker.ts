/**
 * The store's thread. DuckDB runs here and nowhere else, so that neither its commits nor the making of rows hold up the
 * caller's event loop. Writes, purges and exports go one after the other in the order they came; reads run beside them.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

import { isSluiceError } from '@sluice/errors';

import { isFatal, toStoreError } from './database-error.ts';
import { openDatabase } from './database.ts';
import { createRequestHandler } from './request-handler.ts';

import type { NumberedRequest, OpenConfig, WireError, WorkerMessage } from './store-protocol.ts';

function toWire(error: unknown): WireError {
  const { code, message, hint, data } = toStoreError(error, 'The event store');
  return { code, message, hint, data };
}

/** The cause is DuckDB's own error where we made one of it. */
function isOver(error: unknown): boolean {
  return isFatal(isSluiceError(error) ? error.cause : error);
}

async function serve(config: OpenConfig, post: (message: WorkerMessage, transfer?: ArrayBuffer[]) => void, end: () => void): Promise<void> {
  const database = await openDatabase(config);
  const handler = createRequestHandler(database, config);
  parentPort?.on('message', ({ id, request }: NumberedRequest) => {
    handler.handle(request).then(
      (value) => {
        post({ kind: 'answer', id, value });
        if (request.kind === 'close') end();
      },
      (error: unknown) => {
        const over = isOver(error);
        post({ kind: 'failure', id, error: toWire(error), isOver: over });
        if (over) handler.abandon();
        if (over) end();
      },
    );
  });
  post({ kind: 'opened' });
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  serve(
    workerData as OpenConfig,
    (message) => {
      port.postMessage(message);
    },
    () => {
      port.close();
    },
  ).catch((error: unknown) => {
    port.postMessage({ kind: 'open_failed', error: toWire(error) } satisfies WorkerMessage);
    port.close();
  });
}
