/**
 * The content of one file, plain or compressed, in chunks.
 */
export type ReadResult =
  | { readonly kind: 'bytes'; readonly chunk: Buffer }
  /** Nothing more for now. */
  | { readonly kind: 'idle' }
  /** What was read before is not in the file any more: truncated, or another content. */
  | { readonly kind: 'changed' }
  /** Nothing more ever. `truncated`: unless the file is still being written. */
  | { readonly kind: 'ended'; readonly end: 'complete' | 'truncated' | 'corrupt'; readonly message: string };

export interface ContentReader {
  /** The next chunk. One call at a time. Throws what reading the file throws. */
  read(): Promise<ReadResult>;
  /** Bytes of the file on disk that were read. */
  readonly fileBytesRead: number;
  /** Releases what reading holds; the file handle stays open. */
  close(): Promise<void>;
}
