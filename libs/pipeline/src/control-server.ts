/**
 * Answers other commands' questions in the process that has the database open. It listens on a socket in the state
 * folder that only the owner of the files may use; it reads, and never changes what is stored.
 */
import { createServer } from 'node:http';

import { SluiceError } from '@sluice/errors';

import { describeError, readerCalls, toJson } from './control-protocol.ts';

import type { ControlLine, ControlRequest, ReaderCall } from './control-protocol.ts';
import type { EventReader, SqlReader } from '@sluice/ports';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const maxRequestBytes = 1_048_576;

export type AnsweringStore = EventReader & SqlReader & { exportParquet(path: string): Promise<{ events: number }> };

/** Builds the server; listening is the caller's business. Questions that come before the store is open wait for it. */
export function createControlServer(store: Promise<AnsweringStore>): Server {
  return createServer((request, response) => {
    void answer(request, response, store);
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, opening: Promise<AnsweringStore>): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const asked = parseRequest(await readBody(request));
    const store = await opening;
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for await (const line of linesOf(asked, store, gone.signal)) {
      if (!response.write(`${toJson(line)}\n`)) await drained(response, gone.signal);
    }
    response.end('{"end":true}\n');
  } catch (error) {
    if (!response.headersSent) response.writeHead(400, { 'content-type': 'application/x-ndjson' });
    response.end(`${toJson({ error: describeError(error) })}\n`);
  }
}

async function* linesOf(asked: ControlRequest, store: AnsweringStore, signal: AbortSignal): AsyncIterable<ControlLine> {
  if (asked.call === 'query') {
    for await (const rows of store.querySql(asked.sql, signal)) yield { rows };
  } else if (asked.call === 'export') {
    yield { value: await store.exportParquet(asked.path) };
  } else {
    // The arguments come from this project's own client over a socket that only the owner may use.
    const reader = store as unknown as Record<ReaderCall, (...args: readonly unknown[]) => Promise<unknown>>;
    yield { value: await reader[asked.call](...asked.args) };
  }
}

function parseRequest(body: string): ControlRequest {
  const asked: unknown = JSON.parse(body);
  if (typeof asked === 'object' && asked !== null && 'call' in asked) {
    if (asked.call === 'query' && 'sql' in asked && typeof asked.sql === 'string') return { call: 'query', sql: asked.sql };
    if (asked.call === 'export' && 'path' in asked && typeof asked.path === 'string') return { call: 'export', path: asked.path };
    const call = readerCalls.find((name) => name === asked.call);
    if (call !== undefined && 'args' in asked && Array.isArray(asked.args)) return { call, args: asked.args };
  }
  throw new SluiceError('USAGE', 'The request is none of the calls this process answers.');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRequestBytes) throw new SluiceError('USAGE', `A request may have at most ${maxRequestBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Resolves when the client has taken what was written, or is gone. */
function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Whoever left before now gives no sign any more.
    if (gone.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      response.off('drain', done);
      gone.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    gone.addEventListener('abort', done, { once: true });
  });
}
