/**
 * A server that answers bulk requests as a test says, for what a real cluster does not do on demand: a proxy's page, a
 * reply to something else, silence, a connection that breaks.
 */
import { createServer } from 'node:http';

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BulkPair {
  readonly index: string;
  readonly id: string;
  readonly document: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** Breaks the connection: before an answer, or in the middle of it. */
  readonly breakOff?: 'before' | 'within';
  /** Begins an answer and never ends it. */
  readonly stall?: true;
}

export type BulkScript = (pairs: readonly BulkPair[], bytes: number) => ScriptedAnswer;

export interface ScriptedCluster {
  readonly url: string;
  /** Changes what bulk requests are answered. */
  script(answer: BulkScript): void;
  /** Documents of each bulk request so far. */
  readonly requests: readonly (readonly BulkPair[])[];
  /** Headers of the last request. */
  readonly lastHeaders: () => IncomingMessage['headers'];
  stop(): Promise<void>;
}

export interface ItemError {
  readonly status: number;
  readonly type: string;
  readonly reason?: string;
}

/** The reply of a cluster: a status for each document, or an error. */
export function bulkItems(pairs: readonly BulkPair[], answers: readonly (number | ItemError)[]): ScriptedAnswer {
  const items = answers.map((answer, at) => {
    const _id = pairs[at]?.id;
    return {
      create:
        typeof answer === 'number'
          ? { _id, status: answer }
          : { _id, status: answer.status, error: { type: answer.type, reason: answer.reason ?? '' } },
    };
  });
  return { body: { errors: answers.some((answer) => typeof answer !== 'number'), items } };
}

/** Starts it; end it with `stop`. Requests other than bulk ones are answered with `{}`. */
export async function startScriptedCluster(): Promise<ScriptedCluster> {
  let script: BulkScript = (pairs) => bulkItems(pairs, pairs.map(() => 201)); // prettier-ignore
  const requests: BulkPair[][] = [];
  let headers: IncomingMessage['headers'] = {};
  const server = createServer((request, response) => {
    headers = request.headers;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url?.startsWith('/_bulk') !== true) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        return;
      }
      const body = Buffer.concat(chunks);
      const pairs = parsePairs(body.toString());
      requests.push(pairs);
      answer(response, script(pairs, body.length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script: (next) => {
      script = next;
    },
    requests,
    lastHeaders: () => headers,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, { status = 200, body = '', contentType = 'application/json', breakOff, stall }: ScriptedAnswer): void {
  if (breakOff === 'before') {
    response.socket?.resetAndDestroy();
    return;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': contentType });
  if (stall === true) response.write(text.slice(0, 10) || '{');
  else if (breakOff === 'within') response.write(text.slice(0, text.length / 2) || '{', () => response.socket?.resetAndDestroy());
  else response.end(text);
}

/** Of create actions; others are left out, as those that delete nothing. */
function parsePairs(body: string): BulkPair[] {
  const lines = body.split('\n');
  const pairs: BulkPair[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const action = JSON.parse(lines[at] ?? '') as { create?: { _index: string; _id: string } };
    if (action.create !== undefined) pairs.push({ index: action.create._index, id: action.create._id, document: lines[at + 1] ?? '' });
  }
  return pairs;
}
