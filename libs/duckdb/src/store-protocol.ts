/**
 * What the caller's thread and the store's thread say to each other. Every request gets one answer with its number.
 */
import type { ErrorCode } from '@sluice/errors';
import type { Block } from './column-block.ts';

export interface OpenConfig {
  readonly path: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
  readonly queryTimeoutMs: number;
  readonly readOnly: boolean;
  readonly lockWaitMs: number;
}

export type SqlParameter = string | number | boolean;
/** A row in column order; bigint only beyond 2^53. */
export type Row = unknown[];

export interface WriteRequest {
  readonly kind: 'write';
  readonly documents: readonly Block[];
  readonly deadLetters: readonly Block[];
}

export type StoreRequest =
  | WriteRequest
  /** SQL of our own, all rows at once. */
  | { readonly kind: 'read'; readonly sql: string; readonly parameters: readonly SqlParameter[] }
  /** SQL of a user, numbered by the caller; its rows are fetched with `next` until they are null, and given up with `cancel`. */
  | { readonly kind: 'query'; readonly query: number; readonly sql: string }
  | { readonly kind: 'next'; readonly query: number }
  | { readonly kind: 'cancel'; readonly query: number }
  | { readonly kind: 'purge'; readonly beforeMicros: number }
  | { readonly kind: 'export'; readonly file: string }
  | { readonly kind: 'check' }
  | { readonly kind: 'close' };

/** By request kind. Verdicts by block and row: 1 stored, 0 duplicate. */
export interface StoreAnswers {
  write: { readonly documents: readonly Uint8Array[]; readonly deadLetters: readonly Uint8Array[] };
  read: readonly Row[];
  query: { readonly columns: readonly string[] };
  next: readonly Row[] | null;
  cancel: null;
  purge: { readonly events: number; readonly deadLetters: number };
  export: { readonly events: number };
  check: null;
  close: null;
}

/** An error as it crosses threads. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly data: Record<string, unknown>;
}

export interface NumberedRequest {
  readonly id: number;
  readonly request: StoreRequest;
}

export type WorkerMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'open_failed'; readonly error: WireError }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  /** `isOver`: this thread ends now, the database must be opened anew. */
  | { readonly kind: 'failure'; readonly id: number; readonly error: WireError; readonly isOver: boolean };
