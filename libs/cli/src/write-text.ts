import type { Writable } from 'node:stream';

/** What JSON leaves as it is and a terminal may act on: DEL, C1 controls, line separators, direction marks. */
const unsafeInJson = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Writes JSON text in which clients' values cannot steer a terminal; it stays the same JSON. */
export function writeJson(stream: Writable, json: string): Promise<void> {
  // These characters only occur inside strings, where an escape means the same.
  return writeText(
    stream,
    json.replace(unsafeInJson, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** Writes and waits while the reader is slow, so that output never piles up in memory. */
export function writeText(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
