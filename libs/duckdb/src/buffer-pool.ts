/**
 * Shared memory that is used again and again: new buffers for every batch would lie about until both threads have collected their garbage.
 */

/** Sizes are multiples of it, so that batches of about the same size can use each other's buffers. */
const stepBytes = 65_536;
/** Kept for later, in all. */
const keptBytes = 16 * 1024 * 1024;

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
      const at = free.findLastIndex(({ byteLength }) => byteLength >= bytes);
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
