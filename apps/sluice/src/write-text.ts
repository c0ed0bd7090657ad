import type { Writable } from 'node:stream';

/** Writes and waits while the reader is slow, so that output never piles up in memory. */
export function writeText(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
