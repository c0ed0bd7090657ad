/**
 * Shared memory that is used again and again: new buffers for every batch would lie about until both threads have collected their garbage.
 */

/** Sizes are multiples of it, so that batches of about the same size can use each other's buffers. */
const stepBytes = 65_536;
/** Kept for later, in all: a transaction's buffers come back at once. What is dropped lies about until it is collected. */
const keptBytes = 40 * 1024 * 1024;

export interface BufferPool {
  /** A buffer of that many bytes at least, with whatever it held before. */
  take(bytes: number): SharedArrayBuffer;
  /** For a buffer that no thread will touch any more. */
  giveBack(buffer: SharedArrayBuffer): void;
}

export function createBufferPool(): BufferPool {
  const free: SharedArrayBuffer[] = [];
  let freeBytes = 0;
  return {
    take: (bytes) => {
      let at = -1;
      // The smallest that is large enough, so that large ones are there for large batches.
      free.forEach(({ byteLength }, index) => {
        if (byteLength >= bytes && byteLength < (free[at]?.byteLength ?? Number.POSITIVE_INFINITY)) at = index;
      });
      const [found] = at < 0 ? [] : free.splice(at, 1);
      if (found === undefined) return new SharedArrayBuffer(Math.max(1, Math.ceil(bytes / stepBytes)) * stepBytes);
      freeBytes -= found.byteLength;
      return found;
    },
    giveBack: (buffer) => {
      if (freeBytes + buffer.byteLength > keptBytes) return;
      free.push(buffer);
      freeBytes += buffer.byteLength;
    },
  };
}
