/**
 * Reads events through the process that has the database open.
 */
import { request } from 'node:http';

import { isSluiceError, SluiceError } from '@sluice/errors';

import { fromJson, readerCalls, reviveError } from './control-protocol.ts';

import type { ControlLine, ControlRequest, ReaderCall } from './control-protocol.ts';
import type { AnsweringStore } from './control-server.ts';
import type { IncomingMessage } from 'node:http';

/**
 * The store of the process that listens on `socketPath`; null when none listens there.
 *
 * Errors: its calls reject with the SluiceError of the other process, or STORE_UNAVAILABLE when it ended in between.
 */
export async function connectControl(socketPath: string): Promise<AnsweringStore | null> {
  if (!(await isListening(socketPath))) return null;
  const reader = Object.fromEntries(readerCalls.map((call: ReaderCall) => [call, (...args: unknown[]) => ask(socketPath, { call, args })]));
  return {
    ...reader,
    querySql: (sql: string) => queryRows(socketPath, sql),
    exportParquet: (path: string) => ask(socketPath, { call: 'export', path }),
  } as unknown as AnsweringStore;
}

async function ask(socketPath: string, asked: ControlRequest): Promise<unknown> {
  let value: unknown;
  for await (const line of exchange(socketPath, asked)) if ('value' in line) value = line.value;
  return value;
}

async function* queryRows(socketPath: string, sql: string): AsyncIterable<Record<string, unknown>[]> {
  for await (const line of exchange(socketPath, { call: 'query', sql })) if ('rows' in line) yield line.rows;
}

async function* exchange(socketPath: string, asked: ControlRequest): AsyncIterable<ControlLine> {
  let ended = false;
  let rest = '';
  const response = await send(socketPath, JSON.stringify(asked));
  response.setEncoding('utf8');
  try {
    for await (const text of response as AsyncIterable<string>) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const json of lines) {
        const line = fromJson(json) as ControlLine;
        if ('error' in line) throw reviveError(line.error);
        if ('end' in line) ended = true;
        else yield line;
      }
    }
  } catch (error) {
    // Our own errors came from the other side; what the socket says has a code of the system, with or without a number.
    throw error instanceof Error && !isSluiceError(error) && 'code' in error ? gone(error) : error;
  }
  if (!ended) throw gone();
}

function send(socketPath: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: 'POST', path: '/', agent: false }, resolve);
    outgoing.on('error', (error) => reject(gone(error)));
    outgoing.end(body);
  });
}

const gone = (cause?: unknown): SluiceError =>
  new SluiceError('STORE_UNAVAILABLE', 'The process that has the database open ended before it answered.', { hint: 'Run the command again.', cause });

function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ socketPath, method: 'HEAD', path: '/', agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
    probe.end();
  });
}
