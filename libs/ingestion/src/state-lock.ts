/**
 * One process per state folder. The lock is a listening socket in that folder: it ends with its process, whatever way that
 * ends, and the same socket answers the commands that ask a running process.
 *
 * Invariant: a socket that answers is never taken away; one that refuses twice belongs to a process that is gone.
 */
import { SluiceError, messageOf } from '@sluice/errors';
import { createHash } from 'node:crypto';
import { chmod, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { Server as HttpServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Server } from 'node:net';

export interface StateLock {
  readonly socketPath: string;
  /** Closes the server and frees the folder. Idempotent. */
  release(): Promise<void>;
}

/** The kernel takes 107 bytes on Linux, 103 elsewhere. */
const maxSocketPathBytes = 103;
const ownerOnly = 0o600;
const attempts = 5;
const againMs = 50;

/**
 * Takes the state folder for this process: makes `server` listen on the folder's socket.
 *
 * Shape: `server` is a net or http server that does not listen yet; answering is its business.
 * Errors: STATE_LOCKED when another process has it, STATE_UNWRITABLE when the folder cannot be used.
 */
export async function acquireStateLock(directory: string, server: Server): Promise<StateLock> {
  try {
    await mkdir(directory, { recursive: true });
    const socketPath = await stateSocketPath(directory);
    await listenAlone(server, socketPath, directory);
    await chmod(socketPath, ownerOnly);
    // A lock is no reason to stay alive.
    server.unref();
    let released: Promise<void> | null = null;
    return { socketPath, release: () => (released ??= close(server)) };
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('STATE_UNWRITABLE', `The state folder ${directory} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

/** Where the process that has the state folder listens; the folder must exist. */
export async function stateSocketPath(directory: string): Promise<string> {
  const real = await realpath(directory);
  const path = join(real, 'sluice.sock');
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return path;
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32);
  return join(tmpdir(), `sluice-${name}.sock`);
}

async function listenAlone(server: Server, socketPath: string, directory: string): Promise<void> {
  const locked = new SluiceError('STATE_LOCKED', `Another process uses the state folder ${directory}.`, { data: { socketPath } });
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await listen(server, socketPath)) return;
    if (await isAnswered(socketPath)) throw locked;
    // A process that is just starting refuses for a moment.
    await sleep(againMs);
    if (await isAnswered(socketPath)) throw locked;
    await removeStale(socketPath, locked);
  }
  throw locked;
}

/** False when the name is taken. */
function listen(server: Server, socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(socketPath);
  });
}

function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Refused, or gone meanwhile. Anything else, such as a full queue or no permission, is somebody's.
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

/** Moves the dead socket aside before it is deleted: if another process was faster, what was moved is alive and goes back. */
async function removeStale(socketPath: string, locked: SluiceError): Promise<void> {
  const aside = `${socketPath}.${process.pid}`;
  try {
    await rename(socketPath, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (await isAnswered(aside)) {
    await rename(aside, socketPath);
    throw locked;
  }
  await rm(aside, { force: true });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Node removes the socket file when it stops listening.
    server.close(() => resolve());
    // A question under way may go on for long; the lock may not.
    if (server instanceof HttpServer) server.closeAllConnections();
  });
}
