/**
 * Opens what is read once: a file, compressed or not, a pipe, or standard input, with the key its events carry.
 */
import { createReadStream, statSync } from 'node:fs';

import { createCompressedReader } from './compressed-reader.ts';
import { buildFileKey, firstLineOf } from './file-head.ts';
import { startOfFile } from './offset-tracker.ts';
import { openLogFile, readHead } from './open-file.ts';
import { createPlainReader, createReadBuffer, readKnownBytes } from './plain-reader.ts';
import { createStreamReader } from './stream-reader.ts';

import type { ContentReader } from './content-reader.ts';
import type { Generation, GenerationRegistry } from './generation-registry.ts';
import type { SourceFile } from './source-scanner.ts';
import type { Readable } from 'node:stream';

export interface OnceFile {
  readonly key: string;
  readonly head: { readonly bytes: Buffer; readonly ended: boolean };
  readonly reader: ContentReader;
  /** On disk; null for pipes. */
  readonly sizeBytes: number | null;
  close(): Promise<void>;
}

interface OpenOnceDeps {
  readonly registry: GenerationRegistry;
  readonly sourceId: string;
  readonly stdin: Readable;
}

const nothing = Buffer.alloc(0);

/** Opens it. Throws what the file system throws. */
export async function openOnce(file: SourceFile | '-', deps: OpenOnceDeps): Promise<OnceFile> {
  if (file === '-') return openStream(deps.stdin, '', '-', deps.sourceId);
  if (!file.regular) return openStream(createReadStream(file.path), file.folder, file.base, deps.sourceId);
  const handle = await openLogFile(file.path);
  try {
    const head = await readHead(handle);
    const recognition = await deps.registry.recognise(file, handle, head, isPresent);
    const key =
      recognition.kind === 'known'
        ? recognition.generation.key
        : buildFileKey(deps.sourceId, file.folder, file.base, firstLineOf(head.bytes, head.ended) ?? nothing);
    const reader =
      head.encoding === null
        ? createPlainReader(handle, 0, createReadBuffer(), await readKnownBytes(handle, 0, head.bytes))
        : createCompressedReader(handle, head.encoding, startOfFile);
    const close = async (): Promise<void> => {
      await reader.close();
      await handle.close();
    };
    return { key, head, reader, sizeBytes: head.stats.size, close };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openStream(stream: Readable, folder: string, base: string, sourceId: string): Promise<OnceFile> {
  const reader = createStreamReader(stream);
  const head = await reader.peek();
  const key = buildFileKey(sourceId, folder, base, firstLineOf(head.bytes, head.ended) ?? nothing);
  return { key, head, reader, sizeBytes: null, close: () => reader.close() };
}

/** Asked of few: generations of other folders with the same name and the same head. */
function isPresent(generation: Generation): boolean {
  try {
    return statSync(generation.path).ino === generation.inode;
  } catch {
    return false;
  }
}
