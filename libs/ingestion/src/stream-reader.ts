/**
 * Standard input, a pipe: read once, from its beginning, and looked at before it is read.
 */
import { performance } from 'node:perf_hooks';

import { headLimitBytes } from './open-file.ts';

import type { ContentReader, ReadResult } from './content-reader.ts';
import type { Readable } from 'node:stream';

export interface StreamReader extends ContentReader {
  /** The first bytes, and whether the stream ended with them. They are read again by `read`. */
  peek(): Promise<{ readonly bytes: Buffer; readonly ended: boolean }>;
}

/** A live stream is looked at for this long; what came by then has to tell the format. */
const peekMs = 1000;

/** Builds the reader. The stream gives buffers. */
export function createStreamReader(stream: Readable): StreamReader {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, unknown>;
  const peeked: Buffer[] = [];
  let next: Promise<IteratorResult<Buffer, unknown>> | null = null;
  let bytesRead = 0;

  async function peek(): Promise<{ bytes: Buffer; ended: boolean }> {
    let bytes = 0;
    let ended = false;
    let untilMs = Number.POSITIVE_INFINITY;
    while (bytes < headLimitBytes) {
      next ??= chunks.next();
      const result = await within(next, untilMs - performance.now());
      if (result === null) break;
      if (result.done === true) {
        ended = true;
        break;
      }
      next = null;
      peeked.push(result.value);
      bytes += result.value.length;
      // The time runs once there is a line to be judged.
      if (untilMs === Number.POSITIVE_INFINITY && result.value.includes(10)) untilMs = performance.now() + peekMs;
    }
    return { bytes: Buffer.concat(peeked), ended };
  }

  async function read(): Promise<ReadResult> {
    const known = peeked.shift();
    if (known !== undefined) return toBytes(known);
    next ??= chunks.next();
    const result = await next;
    // An ended stream stays ended, however often it is asked.
    if (result.done === true) return { kind: 'ended', end: 'complete', message: '' };
    next = null;
    return toBytes(result.value);
  }

  function toBytes(chunk: Buffer): ReadResult {
    bytesRead += chunk.length;
    return { kind: 'bytes', chunk };
  }

  return {
    peek,
    read,
    get fileBytesRead() {
      return bytesRead;
    },
    // Not the iterator's own end: that would wait for a chunk that may never come.
    close: () => {
      stream.destroy();
      return Promise.resolve();
    },
  };
}

/** The value, or null when it takes longer. */
async function within<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value | null> {
  if (timeoutMs === Number.POSITIVE_INFINITY) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.max(0, timeoutMs));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
