/**
 * A proxy before a real cluster that does what the security plugin and load balancers do: TLS, basic authentication, a
 * limit on the size of requests.
 */
import { createServer, request as forward } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GuardProxyOptions {
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** `user:password`. */
  readonly credentials?: string;
  readonly maxBytes?: number;
  /** What becomes of larger requests; default `answer`: 413. */
  readonly whenLarger?: 'answer' | 'reset';
}

export interface GuardProxy {
  readonly url: string;
  /** Requests let through and refused so far. */
  readonly counts: { passed: number; refused: number };
  stop(): Promise<void>;
}

/** Starts it before the cluster at `target`; end it with `stop`. */
export async function startGuardProxy(target: string, options: GuardProxyOptions = {}): Promise<GuardProxy> {
  const counts = { passed: 0, refused: 0 };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const refuse = (status: number, text: string): void => {
      counts.refused += 1;
      request.resume();
      response.writeHead(status, { 'content-type': 'text/html' }).end(`<html><h1>${status} ${text}</h1></html>`);
    };
    const expected = options.credentials === undefined ? undefined : `Basic ${Buffer.from(options.credentials).toString('base64')}`;
    if (expected !== undefined && request.headers.authorization !== expected) {
      refuse(401, 'Unauthorized');
    } else if (Number(request.headers['content-length'] ?? 0) <= (options.maxBytes ?? Number.POSITIVE_INFINITY)) {
      counts.passed += 1;
      pass(target, request, response);
    } else if (options.whenLarger === 'reset') {
      counts.refused += 1;
      request.socket.resetAndDestroy();
    } else {
      refuse(413, 'Request Entity Too Large');
    }
  };
  const server = options.tls === undefined ? createServer(handle) : createTlsServer({ cert: options.tls.certificate, key: options.tls.key }, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://localhost:${(server.address() as AddressInfo).port}`,
    counts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function pass(target: string, request: IncomingMessage, response: ServerResponse): void {
  const outgoing = forward(`${target}${request.url ?? ''}`, { method: request.method, headers: request.headers });
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => {
    response.destroy();
  });
  request.pipe(outgoing);
}
