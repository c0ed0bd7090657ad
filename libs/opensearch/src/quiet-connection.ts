/**
 * The client's connection without two habits: it prints to standard output when a socket breaks after the answer began,
 * and it collects an answer of any length.
 */
import { Connection } from '@opensearch-project/opensearch';

import type { ClientRequest, IncomingMessage } from 'node:http';

/** Far above any answer asked for; below what a string can hold. */
const maxReplyBytes = 256 * 1024 * 1024;

type MakeRequest = (options: unknown) => ClientRequest;

export class QuietConnection extends Connection {
  constructor(...options: ConstructorParameters<typeof Connection>) {
    super(...options);
    const makeRequest = this.makeRequest as MakeRequest;
    this.makeRequest = (requestOptions: unknown): ClientRequest => {
      const request = makeRequest(requestOptions);
      request.once('response', (response) => {
        limitLength(response);
        // The client adds its listener in this same turn.
        queueMicrotask(() => {
          request.removeAllListeners('error');
          request.on('error', () => undefined);
        });
      });
      return request;
    };
  }
}

function limitLength(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer | string) => {
    bytes += chunk.length;
    if (bytes > maxReplyBytes) response.destroy(new Error(`the answer is longer than ${maxReplyBytes} bytes`));
  });
}
